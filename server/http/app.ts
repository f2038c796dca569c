import express, { type Express } from 'express';
import type { Deps } from '../deps.ts';
import type { Endpoint } from './endpoint.ts';
import { allEndpoints } from './endpoints.ts';
import { healthRouter } from './health.ts';
import { routeNamed, withLocals } from './locals.ts';
import { createMetrics } from './metrics.ts';
import { endpointRouter } from './mount-endpoints.ts';
import { answerNotFound, answerProblem } from './problems.ts';
import { createRateLimits } from './rate-limits.ts';
import { answerPreflight } from './routes/widget-sessions.ts';
import { securityHeaders } from './security-headers.ts';

export type AppExtra = {
  /** Instead of the whole REST API. */
  endpoints?: Endpoint[];
};

/** Everything that speaks HTTP; sockets are attached to the same server by start-server.ts. */
export function createApp(deps: Deps, extra: AppExtra = {}): Express {
  const app = express();
  const limits = createRateLimits(deps);
  const metrics = createMetrics(deps);
  const endpoints = extra.endpoints ?? allEndpoints(deps);

  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  // one proxy of ours: the address that it saw, never one that a client wrote into the header
  app.set('trust proxy', deps.config.trustProxy ? 1 : false);

  app.use(withLocals(deps.log), metrics.observe, securityHeaders(deps.config));
  app.use(healthRouter(deps, metrics.serve));
  app.options('/api/v1/widget/sessions', routeNamed('/api/v1/widget/sessions'), answerPreflight(deps));
  app.use('/api/v1', endpointRouter(deps, endpoints, limits));
  app.use(answerNotFound, answerProblem);
  return app;
}
