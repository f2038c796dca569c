import { Router } from 'express';
import { routeNamed } from '../locals.ts';
import { answerMethodNotAllowed, answerNotFound } from '../problems.ts';
import { allowPage } from '../security-headers.ts';
import { fill, readPage } from './page-file.ts';
import { sendNotBuilt } from './plain-page.ts';
import { immutableFiles, plainFiles } from './static-files.ts';

/** The web app for agents and admins: every path that is no file is a place in the app. */
export function consolePages(folder: URL): Router {
  const router = Router();
  router.use('/assets', routeNamed('/console/assets/*'), immutableFiles(new URL('assets/', folder)), answerNotFound);
  router.use(routeNamed('/console/*'));
  router.get('/index.html', (_req, res) => res.redirect(302, '/console'));
  router.use(plainFiles(folder, '1h'));
  router.get('/{*path}', async (req, res) => {
    const html = await readPage(new URL('index.html', folder));
    if (html === undefined) return sendNotBuilt(req, res, 'The console');
    const nonce = allowPage(res, { host: req.headers.host, frameAncestors: ["'none'"] });
    // an invitation's token stands in the address: no page outside learns it
    res.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
    res.type('html').send(fill(html, { nonce }));
  });
  router.use(answerMethodNotAllowed(['GET', 'HEAD']));
  return router;
}
