import { z } from 'zod';

/** Every code that a client may see, over HTTP (`code`), in a socket's ack or in a refused handshake. */
export const errorCode = z.enum([
  'malformed_request',
  'invalid_input',
  'unauthenticated',
  'forbidden',
  'origin_not_allowed',
  'identity_required',
  'identity_invalid',
  'not_found',
  'method_not_allowed',
  'conflict',
  'transition_not_allowed',
  'idempotency_mismatch',
  'payload_too_large',
  'unsupported_media_type',
  'unprocessable',
  'rate_limited',
  'protocol_version',
  'unavailable',
  'internal',
]);
export type ErrorCode = z.infer<typeof errorCode>;

/** RFC 9457. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: errorCode,
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof problem>;

export type AckError = { code: ErrorCode; message: string; retryAfterMs?: number };
export type Ack<Data> = { ok: true; data: Data } | { ok: false; error: AckError };
