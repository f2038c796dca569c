import { type RequestHandler, Router } from 'express';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { routeNamed } from './locals.ts';
import { within } from './within.ts';

const answerWithinMs = 2_000;

/** `/healthz`: the process lives. `/readyz`: what it depends on answers too; 503 names what does not. */
export function healthRouter({ db, redis }: Pick<Deps, 'db' | 'redis'>, metrics: RequestHandler): Router {
  const router = Router();
  router.get('/healthz', routeNamed('/healthz'), (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', routeNamed('/readyz'), async (_req, res) => {
    const [database, cache] = await Promise.allSettled([
      within(answerWithinMs, db.query('select 1')),
      within(answerWithinMs, redis.ping()),
    ]);
    const failing = [
      ...(database.status === 'rejected' ? ['database'] : []),
      ...(cache.status === 'rejected' ? ['redis'] : []),
    ];
    if (failing.length > 0) {
      throw new AppError('unavailable', {
        detail: `not ready: ${failing.join(', ')}`,
        publicMessage: `No answer from: ${failing.join(', ')}.`,
        retryAfterMs: 2_000,
        extra: { failing },
      });
    }
    res.json({ status: 'ready' });
  });
  router.get('/metrics', routeNamed('/metrics'), metrics);
  return router;
}
