import type { RequestHandler, Response } from 'express';
import { widgetSession, widgetSessionRequest } from '../../../protocol/widget.ts';
import { isOriginKnown } from '../../customers/inbox-queries.ts';
import { openWidgetSession } from '../../customers/open-widget-session.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../errors.ts';
import { type Endpoint, publicEndpoint } from '../endpoint.ts';

const path = '/widget/sessions';

/** Needs no API key: a browser is let in by its origin, see mayUseInbox. */
export function widgetSessionEndpoints(deps: Pick<Deps, 'config' | 'db' | 'clock' | 'log' | 'publish'>): Endpoint[] {
  return [
    publicEndpoint(
      {
        method: 'post',
        path,
        tag: 'Widget',
        summary: 'Let a widget in, with the token it has from the last time, or as a new customer',
        body: widgetSessionRequest,
        limit: 'widgetSession',
        responses: { 200: { description: 'The token for the /widget sockets', schema: widgetSession } },
      },
      async ({ body, req, res }) => {
        try {
          const session = await openWidgetSession(deps, body, req.headers);
          allowOrigin(res, req.headers.origin);
          return { status: 200, body: session };
        } catch (error) {
          // a website that may use the inbox may also read what was wrong; another one may not
          const isStranger = error instanceof AppError && ['not_found', 'origin_not_allowed'].includes(error.code);
          if (!isStranger) allowOrigin(res, req.headers.origin);
          throw error;
        }
      },
    ),
  ];
}

function allowOrigin(res: Response, origin: string | undefined): void {
  res.vary('Origin');
  if (origin !== undefined) res.setHeader('Access-Control-Allow-Origin', origin);
}

/** A preflight names no inbox: it passes for a website that any inbox allows, and the request itself decides. */
export function answerPreflight({ db }: Pick<Deps, 'db'>): RequestHandler {
  return async (req, res) => {
    const { origin } = req.headers;
    res.vary('Origin');
    if (origin !== undefined && (await isOriginKnown(db, origin))) {
      res.set({
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': 'Content-Type',
        'Access-Control-Max-Age': '600',
      });
    }
    res.status(204).end();
  };
}
