import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';

export type RateLimit = {
  /** Throws rate_limited, saying when to come back. */
  consume(key: string): Promise<void>;
  /** Forgets what was counted. */
  clear(key: string): Promise<void>;
};

export type RateLimits = Record<'apiKey' | 'widgetSession' | 'invitation' | 'signInEmail' | 'signInAddress', RateLimit>;

/** Counted in Redis, for all servers together; while Redis is away each server counts on its own, and nobody is locked out. */
export function createRateLimits({ redis }: Pick<Deps, 'redis'>): RateLimits {
  function limit(name: string, points: number, durationSeconds: number): RateLimit {
    const limiter = new RateLimiterRedis({
      storeClient: redis,
      rejectIfRedisNotReady: true,
      keyPrefix: `parley:limit:${name}`,
      points,
      duration: durationSeconds,
      // whoever is over the limit is refused without asking Redis again
      inMemoryBlockOnConsumed: points + 1,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix: name, points, duration: durationSeconds }),
    });
    return {
      async consume(key) {
        try {
          await limiter.consume(key);
        } catch (refusal) {
          if (!(refusal instanceof RateLimiterRes)) throw refusal;
          const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
          throw new AppError('rate_limited', {
            publicMessage: `Too many attempts. Try again in ${seconds} s.`,
            retryAfterMs: seconds * 1000,
          });
        }
      },
      async clear(key) {
        await limiter.delete(key);
      },
    };
  }
  return {
    apiKey: limit('api-key', 6_000, 60),
    widgetSession: limit('widget-session', 120, 60),
    invitation: limit('invitation', 30, 15 * 60),
    signInEmail: limit('sign-in-email', 10, 15 * 60),
    signInAddress: limit('sign-in-address', 30, 15 * 60),
  };
}
