import type { AckError, ErrorCode, Problem } from '../protocol/errors.ts';

type ErrorKind = {
  status: number;
  title: string;
  /** Trying the same again later may work. */
  retryable: boolean;
  /** Ours to look into: logged as an error, with its cause. */
  reportable: boolean;
};

/** The one table of what can go wrong. docs/operations.md says what an operator does about each. */
export const errorKinds: Record<ErrorCode, ErrorKind> = {
  malformed_request: { status: 400, title: 'The request is not readable', retryable: false, reportable: false },
  invalid_input: { status: 422, title: 'The request does not fit', retryable: false, reportable: false },
  unauthenticated: { status: 401, title: 'Sign in first', retryable: false, reportable: false },
  forbidden: { status: 403, title: 'Not allowed', retryable: false, reportable: false },
  origin_not_allowed: { status: 403, title: 'This website may not use the inbox', retryable: false, reportable: false },
  identity_required: {
    status: 401,
    title: 'This inbox needs a signed-in customer',
    retryable: false,
    reportable: false,
  },
  identity_invalid: { status: 401, title: 'The identity token is not valid', retryable: false, reportable: false },
  not_found: { status: 404, title: 'Not found', retryable: false, reportable: false },
  method_not_allowed: { status: 405, title: 'Not that way', retryable: false, reportable: false },
  conflict: { status: 409, title: 'Conflict', retryable: false, reportable: false },
  transition_not_allowed: { status: 409, title: 'Not possible in this state', retryable: false, reportable: false },
  idempotency_mismatch: { status: 422, title: 'Idempotency key used before', retryable: false, reportable: false },
  payload_too_large: { status: 413, title: 'Too large', retryable: false, reportable: false },
  unsupported_media_type: { status: 415, title: 'Unknown type of content', retryable: false, reportable: false },
  unprocessable: { status: 422, title: 'Not readable', retryable: false, reportable: false },
  rate_limited: { status: 429, title: 'Too many requests', retryable: true, reportable: false },
  protocol_version: { status: 400, title: 'Unknown protocol version', retryable: false, reportable: false },
  unavailable: { status: 503, title: 'Not available just now', retryable: true, reportable: true },
  internal: { status: 500, title: 'Something went wrong on our side', retryable: true, reportable: true },
};

type AppErrorOptions = {
  /** For logs: may hold internals, never what customers wrote. */
  detail?: string;
  /** For people: what was wrong and what would be right; never internals. */
  publicMessage?: string;
  cause?: unknown;
  retryAfterMs?: number;
  errors?: { path: string; message: string }[];
  /** What the client needs to go on, e.g. the conversation's current state. */
  extra?: Record<string, unknown>;
};

/** Every failure that has a name. Whatever else is thrown is `internal`. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly retryAfterMs: number | undefined;
  readonly errors: { path: string; message: string }[] | undefined;
  readonly extra: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.detail ?? options.publicMessage ?? code, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.publicMessage = options.publicMessage ?? errorKinds[code].title;
    this.retryAfterMs = options.retryAfterMs;
    this.errors = options.errors;
    this.extra = options.extra;
  }
}

/** The same words for what does not exist and for what you may not see. */
export const notFound = (what: string) => new AppError('not_found', { publicMessage: `No such ${what}.` });

/** SQLSTATE classes and socket errors of a database that is not there just now, rather than of a query that is wrong. */
const outageCode = /^(08...|57P0.|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/;
/** pg says these without a code. */
const outageMessage =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && outageCode.test(String(error.code))) || outageMessage.test(error.message);
}

export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isOutage(error)) {
    const publicMessage = 'Not available just now. Try again in a moment.';
    return new AppError('unavailable', {
      detail: (error as Error).message,
      publicMessage,
      cause: error,
      retryAfterMs: 1_000,
    });
  }
  return new AppError('internal', { detail: error instanceof Error ? error.message : String(error), cause: error });
}

export function toAckError(error: AppError): AckError {
  return {
    code: error.code,
    message: error.publicMessage,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  };
}

export function toProblem(error: AppError, requestId: string): Problem & Record<string, unknown> {
  const kind = errorKinds[error.code];
  return {
    ...error.extra,
    type: `urn:parley:error:${error.code}`,
    title: kind.title,
    status: kind.status,
    code: error.code,
    detail: error.publicMessage,
    requestId,
    ...(error.errors ? { errors: error.errors } : {}),
  };
}
