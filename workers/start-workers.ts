import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Deps } from '../server/deps.ts';
import { analysisVersion } from '../server/knowledge/analyze.ts';
import { openSpaces } from '../server/knowledge/spaces.ts';
import { requeueOlderAnalyses } from '../server/knowledge/unfinished-documents.ts';
import { type JobName, type JobPayload, jobs } from '../server/queue/jobs.ts';
import { queuePrefix } from '../server/queue/queues.ts';
import { answerTurn } from './answer-turn.ts';
import { deleteSpace } from './delete-space.ts';
import { fillSpace } from './fill-space.ts';
import { indexDocument } from './index-document.ts';
import { routeHandoffs } from './route-handoffs.ts';
import { runEvaluation } from './run-evaluation.ts';
import { settleSearch } from './settle-search.ts';
import { sweep } from './sweep.ts';

/** `stopping` aborts when the process is asked to stop: what takes long, and can be taken up again, ends then. */
type Handlers = {
  [Name in JobName]: (deps: Deps, payload: JobPayload<Name>, stopping: AbortSignal) => Promise<void>;
};

/** Every definition has a handler: the type sees to it. */
const handlers: Handlers = {
  answerTurn,
  indexDocument,
  fillSpace,
  deleteSpace,
  settleSearch,
  runEvaluation,
  routeHandoffs,
};

/** Jobs of one queue that this process works on at once. */
const concurrencies = (deps: Deps): Record<JobName, number> => ({
  answerTurn: deps.config.turnConcurrency,
  indexDocument: 2,
  fillSpace: 1,
  deleteSpace: 1,
  settleSearch: 1,
  runEvaluation: 1,
  routeHandoffs: 4,
});

/** In-flight turns may finish for this long when the process is asked to stop; what does not is resumed by another. */
const graceMs = 10_000;

const openAgainMs = 30_000;

export type Workers = { stop(): Promise<void> };

/** Works on every queue, and sweeps. Redis may come and go: the workers wait for it, the sweeper does not need it. */
export function startWorkers(deps: Deps, redisUrl: string): Workers {
  const atOnce = concurrencies(deps);
  const stopping = new AbortController();
  const started = (Object.keys(jobs) as JobName[]).map((name) =>
    startWorker(deps, { redisUrl, name, concurrency: atOnce[name], stopping: stopping.signal }),
  );
  const sweeper = startSweeper(deps);
  // this version of Parley may read words by other rules than the one before
  requeueOlderAnalyses(deps.db, analysisVersion).catch((error: unknown) =>
    deps.log.warn({ err: error }, 'documents of older rules not looked for'),
  );
  void untilOpen(deps, stopping.signal);
  return {
    async stop() {
      stopping.abort(new Error('the process stops'));
      await sweeper.stop();
      await Promise.all(started.map((worker) => worker.stop()));
    },
  };
}

/** A new model's spaces wait for a database or an embedding server that is away. */
async function untilOpen(deps: Deps, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      return await openSpaces(deps);
    } catch (error) {
      deps.log.warn({ err: error }, 'embedding spaces not opened');
      await pause(openAgainMs, undefined, { signal: stopping, ref: false }).catch(() => undefined);
    }
  }
}

type WorkerOptions<Name extends JobName> = {
  redisUrl: string;
  name: Name;
  concurrency: number;
  stopping: AbortSignal;
};

function startWorker<Name extends JobName>(
  deps: Deps,
  { redisUrl, name, concurrency, stopping }: WorkerOptions<Name>,
): Workers {
  const connection = new Redis(redisUrl, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, 1_000),
  });
  connection.on('error', (error) => deps.log.debug({ err: error, job: name }, 'worker connection'));
  const { queue, payload } = jobs[name];
  const worker = new Worker(
    queue,
    async (job) => {
      const log = deps.log.child({ job: name, jobId: job.id });
      try {
        await handlers[name]({ ...deps, log }, payload.parse(job.data) as JobPayload<Name>, stopping);
      } catch (error) {
        // the row says what is still to be done; the sweeper asks again
        log.error({ err: error }, 'job failed');
      }
    },
    {
      connection,
      prefix: queuePrefix,
      concurrency,
      skipVersionCheck: true,
      drainDelay: 5,
      maxStalledCount: 5,
    },
  );
  worker.on('error', (error) => deps.log.debug({ err: error, job: name }, 'worker'));
  return {
    async stop() {
      const limit = new AbortController();
      const tooLong = pause(graceMs, undefined, { signal: limit.signal }).catch(() => undefined);
      await Promise.race([worker.close().catch(() => undefined), tooLong]);
      limit.abort();
      connection.disconnect();
    },
  };
}

/** Rounds follow each other with a pause, so that a slow round never overlaps the next; the pause varies, so that many processes spread out. */
function startSweeper(deps: Deps): Workers {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  const next = () => {
    if (stopped) return;
    const pauseMs = deps.config.sweepIntervalMs * (0.75 + Math.random() / 2);
    timer = setTimeout(() => {
      round = sweep(deps).finally(next);
    }, pauseMs);
  };
  next();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
