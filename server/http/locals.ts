import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Log } from '../log.ts';

type Locals = { requestId: string; log: Log; route: string; nonce: string };

const locals = new WeakMap<Response, Locals>();

/** What belongs to one request: its id, its log, the pattern of its route (never the path: a path may hold a token). */
export function localsOf(res: Response): Locals {
  const found = locals.get(res);
  if (!found) throw new Error('a request came past the request log');
  return found;
}

const saneId = /^[A-Za-z0-9._:-]{8,128}$/;

/** An id from outside is kept when it is harmless in a log, so that a request can be followed through a proxy. */
function requestIdOf(req: Request): string {
  const given = req.get('x-request-id');
  return given && saneId.test(given) ? given : randomUUID();
}

export function withLocals(log: Log): RequestHandler {
  return (req, res, next) => {
    const requestId = requestIdOf(req);
    res.setHeader('X-Request-Id', requestId);
    locals.set(res, {
      requestId,
      log: log.child({ requestId }),
      route: 'unmatched',
      nonce: randomUUID().replaceAll('-', ''),
    });
    next();
  };
}

/** Names the route for logs and metrics. */
export const routeNamed =
  (route: string): RequestHandler =>
  (_req, res, next) => {
    localsOf(res).route = route;
    next();
  };
