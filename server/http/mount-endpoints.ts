import { type Request, type Response, Router } from 'express';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { loadSecret } from '../staff/secret.ts';
import { requirePrincipal } from './access.ts';
import { limitedAddress } from './client-address.ts';
import type { Endpoint, Reply } from './endpoint.ts';
import { createIdempotency } from './idempotency.ts';
import { localsOf } from './locals.ts';
import { answerMethodNotAllowed } from './problems.ts';
import type { RateLimits } from './rate-limits.ts';
import { readJsonBody } from './read-body.ts';
import { createSeal } from './seal.ts';
import { validate } from './validate.ts';

const megabyte = 1024 * 1024;

/** Documents may hold a million characters, a batch a hundred documents. */
const bodyBytesMax = ({ description }: Endpoint) =>
  description.bodyBytesMax ?? (description.path.startsWith('/documents') ? 12 : 1) * megabyte;

/**
 * The REST API. Each request goes through the same gates in the same order: limit by address, who calls, what they sent, has it been
 * answered before, and then its handler. Whoever may not call learns nothing about what is valid.
 */
export function endpointRouter(
  deps: Pick<Deps, 'config' | 'db' | 'log'>,
  endpoints: Endpoint[],
  limits: RateLimits,
): Router {
  const router = Router();
  const once = createIdempotency(deps, createSeal(loadSecret(deps.config), 'idempotency'));

  async function answer(endpoint: Endpoint, req: Request, res: Response): Promise<void> {
    const { description, access } = endpoint;
    localsOf(res).route = `/api/v1${description.path}`;
    const address = description.limit && limitedAddress(req);
    if (description.limit && address) await limits[description.limit].consume(address);
    const principal = access === 'public' ? undefined : await requirePrincipal(deps, limits, req, access);

    const params = description.params && parseParams(description.params, req.params);
    const query = description.query && validate(description.query, req.query, 'query');
    const raw = description.body && (await readJsonBody(req, res, bodyBytesMax(endpoint)));
    const body = description.body && validate(description.body, raw ?? {}, 'body');
    const run = () => {
      const signal = abortedWhenGone(res);
      return endpoint.handle({ params, query, body, req, res, signal, principal });
    };

    const key = req.get('idempotency-key');
    if (req.method !== 'POST' || key === undefined || !principal) return send(res, await run());
    const path = req.originalUrl.replace(/\?.*/, '');
    const secret = description.secretAnswer ?? false;
    const answered = await once({ principal, key, method: req.method, path, body: raw, secret }, run);
    if (answered.replayed) res.setHeader('Idempotency-Replayed', 'true');
    send(res, answered.reply);
  }

  for (const endpoint of endpoints) {
    router[endpoint.description.method](endpoint.description.path, (req, res) => answer(endpoint, req, res));
  }
  for (const path of new Set(endpoints.map(({ description }) => description.path))) {
    const here = endpoints.filter(({ description }) => description.path === path);
    router.all(path, answerMethodNotAllowed(here.map(({ description }) => description.method.toUpperCase())));
  }
  return router;
}

/** What is no id names nothing: the same answer as for an id that nothing has. */
function parseParams(schema: NonNullable<Endpoint['description']['params']>, params: unknown) {
  const parsed = schema.safeParse(params);
  if (!parsed.success) throw new AppError('not_found', { publicMessage: 'There is nothing at this address.' });
  return parsed.data;
}

function abortedWhenGone(res: Response): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) gone.abort();
  });
  return gone.signal;
}

function send(res: Response, { status, body }: Reply): void {
  if (res.headersSent) return;
  res.setHeader('Cache-Control', 'no-store');
  res.status(status);
  if (body === undefined) res.end();
  else res.json(body);
}
