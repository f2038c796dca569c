import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { createRateLimits } from './rate-limits.ts';

test('without Redis each server counts on its own: nobody is locked out, and the limit still holds', async () => {
  const redis = new Redis({ lazyConnect: true, enableOfflineQueue: false });
  const { signInEmail } = createRateLimits({ redis });
  for (let tries = 0; tries < 10; tries += 1) await signInEmail.consume('a');
  await expect(signInEmail.consume('a')).rejects.toMatchObject({ code: 'rate_limited' });
  await signInEmail.consume('b');
  redis.disconnect();
});
