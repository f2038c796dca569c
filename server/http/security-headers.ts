import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Config } from '../config.ts';
import { localsOf } from './locals.ts';

/**
 * For every answer. The policy is the strictest there is: nothing loads; a page that needs more says so with allowPage. HSTS only where
 * browsers come by https: on a plain-http name it would lock the name out of http for a year.
 */
export function securityHeaders({ publicUrl }: Pick<Config, 'publicUrl'>): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
    },
    strictTransportSecurity: publicUrl.startsWith('https:') ? { maxAge: 31_536_000 } : false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    // a window opened by the console cannot reach back into it
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
}

/** A host name with a port, and nothing that could end a directive. */
export const isSaneHost = (host: string): boolean =>
  /^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-fA-F:.]+\](:\d{1,5})?$/.test(host);

/**
 * The policy of one of our pages: scripts and styles are our own files or carry this answer's nonce; requests and sockets go to our own
 * origin. `ws:` is written out for browsers in which 'self' does not cover it. Images come from us
 * only: one from elsewhere, in what a model or a customer wrote, would carry off what stands beside it.
 */
export function allowPage(
  res: Parameters<RequestHandler>[1],
  page: { host: string | undefined; frameAncestors: string[]; frames?: boolean },
): string {
  const { nonce } = localsOf(res);
  const sockets = page.host && isSaneHost(page.host) ? [`ws://${page.host}`, `wss://${page.host}`] : [];
  const directives = {
    'default-src': ["'none'"],
    'script-src': ["'self'", `'nonce-${nonce}'`],
    'style-src': ["'self'", `'nonce-${nonce}'`],
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'", 'data:'],
    'media-src': ["'self'"],
    'connect-src': ["'self'", ...sockets],
    'frame-src': page.frames ? ["'self'"] : ["'none'"],
    'worker-src': ["'self'", 'blob:'],
    'manifest-src': ["'self'"],
    'form-action': ["'self'"],
    'base-uri': ["'none'"],
    'object-src': ["'none'"],
    'frame-ancestors': page.frameAncestors,
  };
  const policy = Object.entries(directives).map(([name, sources]) => `${name} ${sources.join(' ')}`);
  res.setHeader('Content-Security-Policy', policy.join('; '));
  return nonce;
}
