import { Redis } from 'ioredis';
import type { Config } from './config.ts';
import { createPool } from './db/pool.ts';
import type { Deps } from './deps.ts';
import { createEncoder } from './knowledge/create-encoder.ts';
import { createEncoders } from './knowledge/encoders.ts';
import { createReranker } from './knowledge/http-reranker.ts';
import { createLlm } from './llm/create-llm.ts';
import { createLog } from './log.ts';
import { createQueues } from './queue/queues.ts';
import { createPublish, type LocalDelivery } from './realtime/publish.ts';

/** Connections of one process; the embedded Postgres serves one at a time. */
const poolSize = 20;

export type Opened = {
  deps: Deps;
  redisUrl: string;
  /** Says how to reach this process's own sockets, once there are some. */
  setLocalDelivery(deliver: LocalDelivery): void;
  /** Lets go of everything, last opened first. */
  close(): Promise<void>;
};

/** The composition root: every process builds its dependencies here, once. */
export function createDeps(
  config: Config,
  at: { databaseUrl: string; redisUrl: string; embedded: boolean },
  log = createLog(config.logLevel),
): Opened {
  const db = createPool(at.databaseUrl, at.embedded ? 1 : poolSize, (error) =>
    log.warn({ err: error }, 'database connection'),
  );
  // commands fail at once while Redis is away: nothing waits for a hint
  const redis = new Redis(at.redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    enableAutoPipelining: true,
    retryStrategy: (times) => Math.min(times * 100, 1_000),
  });
  redis.on('error', (error) => log.debug({ err: error }, 'redis connection'));
  const queues = createQueues(redis, log);
  let deliverLocally: LocalDelivery | undefined;
  const publish = createPublish(redis, log, (...event) => deliverLocally?.(...event));
  const encoder = createEncoder(config);
  const encoders = createEncoders(config, encoder);
  const reranker = createReranker(config, log);
  const llm = createLlm(config, db, log);
  return {
    deps: {
      config,
      log,
      clock: { now: () => new Date() },
      db,
      redis,
      queues,
      publish,
      llm,
      encoder,
      encoders,
      reranker,
    },
    redisUrl: at.redisUrl,
    setLocalDelivery: (deliver) => {
      deliverLocally = deliver;
    },
    async close() {
      await encoders.close();
      await encoder.close();
      await llm.close();
      await queues.close();
      redis.disconnect();
      await db.end();
    },
  };
}
