import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Services, startServices } from '../support/services.ts';

let services: Services;
const opened: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  services = await startServices();
});
afterAll(() => services.stop());
afterEach(async () => {
  for (const release of opened.splice(0).reverse()) await release();
});

test('BullMQ runs jobs, delays them, and tries failed ones again', async () => {
  const connection = { url: services.redisUrl, maxRetriesPerRequest: null };
  const queue = new Queue('tried', { connection });
  // from the first event on: by default those are missed that come before it has begun to read, and nobody asks again
  const events = new QueueEvents('tried', { connection, lastEventId: '0' });
  const worker = new Worker(
    'tried',
    async (job) => {
      if (job.attemptsMade < Number(job.data.failures)) throw new Error('not yet');
      return { startedAt: Date.now(), attempts: job.attemptsMade + 1 };
    },
    { connection },
  );
  opened.push(
    () => queue.close(),
    () => events.close(),
    () => worker.close(),
  );
  await Promise.all([events.waitUntilReady(), worker.waitUntilReady()]);

  const addedAt = Date.now();
  const prompt = await queue.add('prompt', { failures: 0 });
  const delayed = await queue.add('delayed', { failures: 0 }, { delay: 300 });
  const retried = await queue.add(
    'retried',
    { failures: 2 },
    { attempts: 3, backoff: { type: 'exponential', delay: 20 } },
  );
  expect(await prompt.waitUntilFinished(events)).toMatchObject({ attempts: 1 });
  expect(await retried.waitUntilFinished(events)).toMatchObject({ attempts: 3 });
  const { startedAt } = await delayed.waitUntilFinished(events);
  expect(startedAt - addedAt).toBeGreaterThanOrEqual(300);
});

test('scripts, streams, and a hundred commands at once', async () => {
  const redis = new Redis(services.redisUrl);
  expect(
    await redis.eval("redis.call('set', KEYS[1], ARGV[1]); return redis.call('get', KEYS[1])", 1, 'key', 'value'),
  ).toBe('value');
  await expect(redis.eval("return redis.error_reply('MINE no')", 0)).rejects.toThrow('MINE no');
  await redis.xadd('stream', '*', 'field', 'value');
  expect(await redis.xlen('stream')).toBe(1);
  const counts = await Promise.all(Array.from({ length: 100 }, () => redis.incr('count')));
  expect(counts).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  const large = 'x'.repeat(3_000_000);
  await redis.set('large', large);
  expect((await redis.get('large')) === large).toBe(true);
  redis.disconnect();
});
