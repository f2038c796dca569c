import { CallFailed, type FailureReason } from './chat-failed.ts';

/** Whether the same model may do better on the same request a little later. */
export function isRetryable(reason: FailureReason): boolean {
  switch (reason) {
    case 'rate_limited':
    case 'server_error':
    case 'unreachable':
    case 'cut':
    case 'timed_out':
    case 'malformed':
    case 'empty':
      return true;
    case 'refused':
    case 'context_too_long':
    case 'unauthorized':
    case 'bad_request':
      return false;
  }
}

type Fields = {
  status?: unknown;
  code?: unknown;
  name?: unknown;
  message?: unknown;
  headers?: unknown;
  cause?: unknown;
};
const fieldsOf = (error: unknown): Fields => (typeof error === 'object' && error !== null ? error : {});

/** `Retry-After` (seconds or a date) or OpenAI's `retry-after-ms`, in milliseconds from now. */
export function retryAfterMs(headers: unknown, now: number): number | undefined {
  if (!(headers instanceof Headers)) return undefined;
  const precise = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(precise)) return Math.max(0, precise);
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const wait = /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

function fromStatus(status: number): FailureReason {
  if (status === 429) return 'rate_limited';
  if (status === 401 || status === 403) return 'unauthorized';
  if (status >= 500 || status === 408 || status === 409) return 'server_error';
  return 'bad_request';
}

const contextTooLong =
  /context_length|context length|context window|maximum context|too many tokens|prompt is too long/i;
const lostConnection = /terminated|socket hang up|other side closed|premature|ECONNRESET|EPIPE/i;

/**
 * What a thrown provider error means. `begun`: the response had started, so that a lost connection is a cut stream. Looks at
 * fields that every SDK sets (status, code, headers) instead of at their classes.
 */
export function classifyFailure(error: unknown, begun: boolean): CallFailed {
  if (error instanceof CallFailed) return error;
  const { status, code, name, message, headers, cause } = fieldsOf(error);
  const text = `${String(code)} ${String(message)} ${String(fieldsOf(cause).message)} ${String(fieldsOf(cause).code)}`;
  if (contextTooLong.test(text)) return new CallFailed('context_too_long', { cause: error });
  if (typeof status === 'number') {
    return new CallFailed(fromStatus(status), { cause: error, retryAfterMs: retryAfterMs(headers, Date.now()) });
  }
  if (error instanceof SyntaxError || name === 'SyntaxError') return new CallFailed('malformed', { cause: error });
  if (begun && lostConnection.test(text)) return new CallFailed('cut', { cause: error });
  // an error object inside the stream has no status
  if (begun) return new CallFailed('server_error', { cause: error });
  return new CallFailed('unreachable', { cause: error });
}
