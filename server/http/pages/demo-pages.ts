import { type Request, Router } from 'express';
import type { Config } from '../../config.ts';
import { findDemoInboxKey } from '../../customers/inbox-queries.ts';
import type { Deps } from '../../deps.ts';
import { localsOf, routeNamed } from '../locals.ts';
import { answerNotFound } from '../problems.ts';
import { allowPage, isSaneHost } from '../security-headers.ts';
import { fill, readPage } from './page-file.ts';
import { plainFiles } from './static-files.ts';

/** A shop that embeds the widget, there only while the demo's inbox is. */
export function demoPages({ config, db }: Pick<Deps, 'config' | 'db'>, folder: URL): Router {
  const router = Router();
  router.use(routeNamed('/demo/*'));
  router.get('/', async (req, res) => {
    const inboxKey = await findDemoInboxKey(db);
    const html = inboxKey && (await readPage(new URL('index.html', folder)));
    if (!inboxKey || !html) return answerNotFound(req, res, () => {});
    allowPage(res, { host: req.headers.host, frameAncestors: ["'self'"], frames: true });
    res.setHeader('Cache-Control', 'no-store');
    const { nonce } = localsOf(res);
    res.type('html').send(fill(html, { nonce, inboxKey, publicUrl: addressOf(config, req) }));
  });
  router.use(plainFiles(folder, '5m'), answerNotFound);
  return router;
}

/** Ours, by the name that the browser used: the page's policy lets it frame only its own origin. */
function addressOf({ publicUrl }: Pick<Config, 'publicUrl'>, req: Request): string {
  const { host } = req.headers;
  if (!host || !isSaneHost(host) || host === new URL(publicUrl).host) return publicUrl;
  return `${req.protocol}://${host}`;
}
