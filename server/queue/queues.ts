import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Log } from '../log.ts';
import { type JobName, type JobPayload, jobs } from './jobs.ts';

export type Queues = {
  /**
   * Asks the workers to do what a committed row says. Never throws: when Redis cannot take it, the row is still there and the
   * sweeper asks again. `key` makes a repeat of the same request harmless while the first still waits; it must change with
   * the attempt.
   */
  enqueue<Name extends JobName>(name: Name, payload: JobPayload<Name>, key: string): void;
  /** Waiting and running jobs by queue, for metrics. */
  depths(): Promise<Record<string, number>>;
  close(): Promise<void>;
};

export const queuePrefix = 'parley';

export function createQueues(redis: Redis, log: Log): Queues {
  const queues = new Map<string, Queue>();
  for (const { queue } of Object.values(jobs)) {
    const made = new Queue(queue, { connection: redis, prefix: queuePrefix, skipVersionCheck: true });
    made.on('error', (error) => log.debug({ err: error, queue }, 'queue connection'));
    queues.set(queue, made);
  }
  const underWay = new Set<Promise<void>>();

  async function add(name: JobName, payload: unknown, key: string) {
    try {
      const options = { jobId: key.replaceAll(':', '-'), removeOnComplete: true, removeOnFail: true };
      await queues.get(jobs[name].queue)?.add(name, payload, options);
    } catch (error) {
      log.warn({ err: error, job: name }, 'job not enqueued; the sweeper will');
    }
  }

  return {
    enqueue(name, payload, key) {
      const adding = add(name, payload, key).finally(() => underWay.delete(adding));
      underWay.add(adding);
    },
    async depths() {
      const counts = [...queues].map(
        async ([name, queue]) =>
          [name, await queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized')] as const,
      );
      return Object.fromEntries(await Promise.all(counts));
    },
    async close() {
      await Promise.allSettled(underWay);
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
    },
  };
}
