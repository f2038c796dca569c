import type { Problem } from '../../protocol/errors.ts';
import type { EvalCase } from '../../protocol/evaluation.ts';
import type { Document } from '../../protocol/knowledge.ts';

/** What single calls add to a refusal. */
type Extra = { evalCase?: EvalCase; document?: Document };

/** What went wrong with a call, in words that can be shown. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: Problem['code'] | 'offline';
  readonly retryAfterSeconds: number | undefined;
  /** By field, from validation. */
  readonly fields: { path: string; message: string }[];
  /** An evaluation question that is there already, where one was to be added. */
  readonly evalCase: EvalCase | undefined;
  /** One that came from a file of the same name, where another was to be added. */
  readonly document: Document | undefined;

  constructor(
    status: number,
    code: ApiError['code'],
    message: string,
    options: Extra & { retryAfterSeconds?: number | undefined; fields?: ApiError['fields'] } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.fields = options.fields ?? [];
    this.evalCase = options.evalCase;
    this.document = options.document;
  }
}

export const offlineError = () =>
  new ApiError(0, 'offline', 'The server cannot be reached. Check your connection and try again.');

type Call = { method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'; body?: unknown; signal?: AbortSignal };

/**
 * Calls the API on the session's cookie and gives its JSON, whose shape the caller names after protocol/.
 * Throws ApiError.
 */
export async function request<Data>(path: string, { method = 'GET', body, signal }: Call = {}): Promise<Data> {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw offlineError();
  });
  const text = await response.text();
  if (!response.ok) throw toApiError(response.status, text, response.headers.get('retry-after'));
  return (text === '' ? undefined : JSON.parse(text)) as Data;
}

/** From problem+json, or from whatever a proxy answered instead. */
export function toApiError(status: number, text: string, retryAfter: string | null): ApiError {
  const parsed = parseProblem(text);
  const seconds = Number(retryAfter);
  return new ApiError(status, parsed?.code ?? codeOf(status), parsed?.detail ?? plainWords(status), {
    retryAfterSeconds: retryAfter && Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : undefined,
    fields: parsed?.errors ?? [],
    ...(parsed?.evalCase ? { evalCase: parsed.evalCase } : {}),
    ...(parsed?.document ? { document: parsed.document } : {}),
  });
}

function parseProblem(text: string): (Problem & Extra) | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'detail' in value && 'code' in value)
      return value as Problem & Extra;
  } catch {
    // Not JSON: said in our own words.
  }
  return undefined;
}

function codeOf(status: number): ApiError['code'] {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  return status >= 500 ? 'unavailable' : 'invalid_input';
}

function plainWords(status: number): string {
  if (status === 429) return 'Too many attempts. Wait a moment and try again.';
  if (status >= 500) return 'The server could not do this just now. Try again in a moment.';
  return 'The server did not accept this.';
}

/** Whether the same call may succeed later: not when the server has said what is wrong with what it was sent. */
export const mayRetry = (error: unknown): boolean =>
  !(error instanceof ApiError) || error.status < 400 || error.status >= 500 || [401, 408, 429].includes(error.status);

/** The sentence to show for anything thrown. */
export function errorText(error: unknown): string {
  return error instanceof ApiError ? error.message : 'Something unexpected happened. Try again.';
}
