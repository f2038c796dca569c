import { setTimeout as wait } from 'node:timers/promises';

/** Stops waiting after `ms`. Only for questions without effects: what was asked goes on and its answer is dropped. */
export async function within<Result>(ms: number, asked: Promise<Result>): Promise<Result> {
  const stop = new AbortController();
  const late = wait(ms, undefined, { signal: stop.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${ms} ms`);
  });
  late.catch(() => {});
  asked.catch(() => {});
  try {
    return await Promise.race([asked, late]);
  } finally {
    stop.abort();
  }
}
