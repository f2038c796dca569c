import express, { type Express } from 'express';
import { findDemoInboxKey } from '../customers/inbox-queries.ts';
import type { Deps } from '../deps.ts';
import { authRouter } from './auth-router.ts';
import type { Endpoint } from './endpoint.ts';
import { allEndpoints } from './endpoints.ts';
import { healthRouter } from './health.ts';
import { routeNamed, withLocals } from './locals.ts';
import { createMetrics } from './metrics.ts';
import { endpointRouter } from './mount-endpoints.ts';
import { describeApi } from './openapi.ts';
import { apiDocs } from './pages/api-docs.ts';
import { consolePages } from './pages/console-pages.ts';
import { demoPages } from './pages/demo-pages.ts';
import { widgetPages } from './pages/widget-pages.ts';
import { answerNotFound, answerProblem } from './problems.ts';
import { createRateLimits } from './rate-limits.ts';
import { answerPreflight } from './routes/widget-sessions.ts';
import { securityHeaders } from './security-headers.ts';

export type AppExtra = {
  /** Instead of the whole REST API. */
  endpoints?: Endpoint[];
  /** Where the built widget and console are; ends with a slash. */
  dist?: URL;
};

const root = new URL('../../', import.meta.url);

/** Everything that speaks HTTP; sockets are attached to the same server by start-server.ts. */
export function createApp(deps: Deps, extra: AppExtra = {}): Express {
  const app = express();
  const limits = createRateLimits(deps);
  const metrics = createMetrics(deps);
  const endpoints = extra.endpoints ?? allEndpoints(deps);
  const api = describeApi(deps.config, endpoints);
  const dist = extra.dist ?? new URL('dist/', root);

  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  // one proxy of ours: the address that it saw, never one that a client wrote into the header
  app.set('trust proxy', deps.config.trustProxy ? 1 : false);

  app.use(withLocals(deps.log), metrics.observe, securityHeaders(deps.config));
  app.use(healthRouter(deps, metrics.serve));
  app.get('/api/v1/openapi.json', routeNamed('/api/v1/openapi.json'), (_req, res) => {
    res.json(api);
  });
  app.use('/api/docs', apiDocs());
  app.use('/api/auth', authRouter(deps, limits));
  app.options('/api/v1/widget/sessions', routeNamed('/api/v1/widget/sessions'), answerPreflight(deps));
  app.use('/api/v1', endpointRouter(deps, endpoints, limits));

  app.use('/widget', widgetPages(deps, new URL('widget/', dist)));
  app.use('/console', consolePages(new URL('console/', dist)));
  app.use('/demo', demoPages(deps, new URL('server/demo/shop/', root)));
  app.get('/', routeNamed('/'), async (_req, res) => {
    res.redirect(302, (await findDemoInboxKey(deps.db)) ? '/demo' : '/console');
  });
  app.use(answerNotFound, answerProblem);
  return app;
}
