import { fileURLToPath } from 'node:url';
import { type Request, type Response, Router } from 'express';
import { findInboxByKey } from '../../customers/inbox-queries.ts';
import type { Deps } from '../../deps.ts';
import { localsOf, routeNamed } from '../locals.ts';
import { answerNotFound } from '../problems.ts';
import { allowPage } from '../security-headers.ts';
import { fill, readPage } from './page-file.ts';
import { sendNotBuilt, sendPlainPage } from './plain-page.ts';
import { immutableFiles } from './static-files.ts';

/** What stands in other people's pages: the loader, and the frame with the chat. */
export function widgetPages({ db }: Pick<Deps, 'db'>, folder: URL): Router {
  const router = Router();
  router.use(routeNamed('/widget/*'));
  router.get('/v1.js', (req, res, next) => {
    openToAll(res);
    const file = fileURLToPath(new URL('v1.js', folder));
    // dotfiles: the project itself may lie below a folder whose name begins with a dot
    res.sendFile(file, { maxAge: '5m', dotfiles: 'allow' }, (error) => {
      if (!error) return;
      if (res.headersSent || !('code' in error) || error.code !== 'ENOENT') return next(error);
      sendNotBuilt(req, res, 'The widget');
    });
  });
  router.get('/frame', (req, res) => sendFrame({ db }, folder, req, res));
  router.use('/assets', (_req, res, next) => {
    openToAll(res);
    next();
  });
  router.use('/assets', immutableFiles(new URL('assets/', folder)));
  router.use(answerNotFound);
  return router;
}

/** A host name may hold a semicolon, which would end the directive. */
const saneOrigin = /^(\*|https?:\/\/[A-Za-z0-9.:[\]-]+)$/;

function openToAll(res: Response): void {
  res.set({ 'Cross-Origin-Resource-Policy': 'cross-origin', 'Access-Control-Allow-Origin': '*' });
}

/** The chat. Who may embed it is the inbox's own list; the browser enforces it. */
async function sendFrame({ db }: Pick<Deps, 'db'>, folder: URL, req: Request, res: Response): Promise<void> {
  res.removeHeader('X-Frame-Options');
  res.set({ 'Cross-Origin-Resource-Policy': 'cross-origin', 'Cache-Control': 'no-store' });
  const key = typeof req.query.inbox === 'string' ? req.query.inbox : '';
  const inbox = await findInboxByKey(db, key);
  if (!inbox) {
    return sendPlainPage(req, res, {
      status: 404,
      title: 'No such inbox',
      line: 'The inbox key in this page’s snippet is not known here. The console shows the right one under settings.',
      frameAncestors: ['*'],
    });
  }
  const frameAncestors = ["'self'", ...inbox.allowedOrigins.filter((origin) => saneOrigin.test(origin))];
  const html = await readPage(new URL('frame.html', folder));
  if (html === undefined) return sendNotBuilt(req, res, 'The widget', frameAncestors);
  allowPage(res, { host: req.headers.host, frameAncestors });
  res.type('html').send(fill(html, { nonce: localsOf(res).nonce }));
}
