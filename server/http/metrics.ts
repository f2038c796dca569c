import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Deps } from '../deps.ts';
import { localsOf } from './locals.ts';
import { within } from './within.ts';

export type Metrics = { observe: RequestHandler; serve: RequestHandler };

/** Of this process, in Prometheus's text format. A registry for each app: two apps in one process do not share counts. */
export function createMetrics({ queues, log }: Pick<Deps, 'queues' | 'log'>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'parley_http_request_duration_seconds',
    help: 'Time from the request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  new Gauge({
    name: 'parley_queue_jobs',
    help: 'Jobs waiting, delayed or running, by queue. Absent while Redis does not answer.',
    labelNames: ['queue'],
    registers: [registry],
    async collect() {
      this.reset();
      try {
        for (const [queue, depth] of Object.entries(await within(1_000, queues.depths()))) this.set({ queue }, depth);
      } catch (error) {
        log.debug({ err: error }, 'queue depths not read');
      }
    },
  });

  return {
    observe(req, res, next) {
      const end = duration.startTimer();
      const startedAt = performance.now();
      res.once('close', () => {
        const { route, log: requestLog } = localsOf(res);
        const status = res.writableFinished ? res.statusCode : 499;
        end({ method: req.method, route, status });
        const durationMs = Math.round(performance.now() - startedAt);
        const level = quietRoutes.has(route) && status < 500 ? 'debug' : 'info';
        requestLog[level]({ method: req.method, route, status, durationMs }, 'request');
      });
      next();
    },
    async serve(_req, res) {
      res.set('Content-Type', registry.contentType).send(await registry.metrics());
    },
  };
}

/** Asked every few seconds by machines, or by every page. */
const quietRoutes = new Set([
  '/healthz',
  '/readyz',
  '/metrics',
  '/widget/*',
  '/console/assets/*',
  '/demo/*',
  '/api/docs/*',
]);
