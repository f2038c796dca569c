/** Why a call to a model came to nothing. */
export type FailureReason =
  | 'rate_limited'
  | 'server_error'
  | 'unreachable'
  | 'cut'
  | 'timed_out'
  | 'malformed'
  | 'empty'
  | 'refused'
  | 'context_too_long'
  | 'unauthorized'
  | 'bad_request';

/** No model of the list could: each call that failed, oldest first. */
export class ChatFailed extends Error {
  readonly failures: { model: string; reason: string }[];
  /** What the failed calls cost nevertheless. */
  readonly tokens: { input: number; output: number };
  readonly costUsd: number;

  constructor(
    failures: { model: string; reason: string }[],
    spent: { tokens: { input: number; output: number }; costUsd: number },
    cause?: unknown,
  ) {
    super(`no model answered (${failures.map(({ model, reason }) => `${model}: ${reason}`).join(', ')})`, { cause });
    this.name = 'ChatFailed';
    this.failures = failures;
    this.tokens = spent.tokens;
    this.costUsd = spent.costUsd;
  }
}

/** One call's failure, as the retry loop needs it. */
export class CallFailed extends Error {
  readonly reason: FailureReason;
  /** The provider asked to wait this long. */
  readonly retryAfterMs: number | undefined;

  constructor(reason: FailureReason, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(reason, { cause: options.cause });
    this.name = 'CallFailed';
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}
