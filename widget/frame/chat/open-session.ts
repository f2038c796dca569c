import type { ErrorCode, Problem } from '../../../protocol/errors.ts';
import type { WidgetSession, WidgetSessionRequest } from '../../../protocol/widget.ts';

const timeoutMs = 15_000;

export type SessionRefusal = { code: ErrorCode | 'offline'; retryAfterMs?: number };
export type SessionAnswer = { ok: true; session: WidgetSession } | { ok: false; refusal: SessionRefusal };

export async function openSession(request: WidgetSessionRequest): Promise<SessionAnswer> {
  try {
    const response = await fetch(new URL('../api/v1/widget/sessions', location.href), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.ok) {
      const session: WidgetSession = await response.json();
      return { ok: true, session };
    }
    const problem: Partial<Problem> = await response.json().catch(() => ({}));
    const retryAfter = Number(response.headers.get('retry-after'));
    const code = problem.code ?? (response.status === 429 ? 'rate_limited' : 'unavailable');
    return { ok: false, refusal: { code, retryAfterMs: retryAfter > 0 ? retryAfter * 1000 : undefined } };
  } catch {
    return { ok: false, refusal: { code: 'offline' } };
  }
}
