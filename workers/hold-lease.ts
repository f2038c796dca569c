import type { Deps } from '../server/deps.ts';

export type Lease = {
  /** Aborts when the claim is no longer ours. */
  lost: AbortSignal;
  stop(): void;
};

/** Renews a claim every so often while it is worked on. `renew` resolves to false when it is lost. */
export function holdLease({ log }: Pick<Deps, 'log'>, everyMs: number, renew: () => Promise<boolean>): Lease {
  const lost = new AbortController();
  const timer = setInterval(async () => {
    try {
      if (!(await renew())) lost.abort(new Error('the claim was lost'));
    } catch (error) {
      // the lease may still hold; whoever writes looks again
      log.warn({ err: error }, 'lease not renewed');
    }
  }, everyMs);
  return { lost: lost.signal, stop: () => clearInterval(timer) };
}
