import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

const problem = z.object({ title: z.string().catch(''), detail: z.string().catch('') });
const retryAfterSecondsUsual = 1;
const droppedMax = 2;

export type ParleyClient = {
  /**
   * The body of a good answer, and how long that request took. Waits and asks again when told that there were too many, and asks
   * again when the connection was dropped; throws what else was refused.
   */
  call<Body extends z.ZodType>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    schema: Body,
    body?: unknown,
  ): Promise<{ body: z.output<Body>; ms: number }>;
  /** The metrics page as text; undefined where it is not open to us. */
  metrics(): Promise<string | undefined>;
};

/** Parley's REST interface, as any program may use it. `signal` ends what is under way. */
export function createParleyClient(url: string, apiKey: string, signal?: AbortSignal): ParleyClient {
  const base = url.replace(/\/+$/, '');
  return {
    async call(method, path, schema, body) {
      const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
      const sent = body === undefined ? undefined : JSON.stringify(body);
      for (let dropped = 0; ; ) {
        const started = performance.now();
        const answer = await fetch(`${base}/api/v1${path}`, { method, headers, body: sent, signal })
          .then(async (response) => ({ response, text: await response.text() }))
          .catch((error: unknown) => {
            dropped += 1;
            if (signal?.aborted || dropped > droppedMax) throw error;
          });
        // a server closes a connection that was quiet for seconds; whatever we ask may be asked again
        if (!answer) continue;
        const { response, text } = answer;
        const ms = performance.now() - started;
        if (response.ok) return { body: schema.parse(text === '' ? undefined : JSON.parse(text)), ms };
        if (response.status !== 429) throw new Error(`${method} ${path}: ${response.status} ${why(text)}`);
        await pause(waitMs(response.headers.get('retry-after')), undefined, { signal });
      }
    },
    async metrics() {
      const response = await fetch(`${base}/metrics`, { signal });
      return response.ok ? response.text() : undefined;
    },
  };
}

function why(text: string): string {
  try {
    const { title, detail } = problem.parse(JSON.parse(text));
    return detail || title;
  } catch {
    return text.slice(0, 200);
  }
}

/** `Retry-After` holds seconds or a date. */
export function waitMs(retryAfter: string | null, now = Date.now()): number {
  if (!retryAfter) return retryAfterSecondsUsual * 1_000;
  const seconds = Number(retryAfter);
  const wait = Number.isNaN(seconds) ? Date.parse(retryAfter) - now : seconds * 1_000;
  return Number.isNaN(wait) ? retryAfterSecondsUsual * 1_000 : Math.max(0, wait);
}
