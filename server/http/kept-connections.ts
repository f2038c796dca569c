import type { Server, ServerResponse } from 'node:http';

/**
 * Longer than clients and proxies keep an idle connection (nginx and many balancers 60 s, our Caddyfile too), so that it is they who
 * close it: a server that closes first may do so just when the next request is on its way, which is then lost.
 */
const keepAliveMs = 72_000;
/** A little longer, or a kept connection could be taken for one whose headers are late. */
const headersMs = keepAliveMs + 3_000;

/**
 * Keeps the server's connections open between requests. `drain`, for a stop: idle ones are closed at once, and what is still answered
 * says `Connection: close`. To be called when everything else listens to the server's requests.
 */
export function keepConnections(http: Server): { drain(): void } {
  http.keepAliveTimeout = keepAliveMs;
  http.headersTimeout = headersMs;
  const open = new Set<ServerResponse>();
  let isDraining = false;
  const isLast = (res: ServerResponse) => {
    if (!res.headersSent) res.setHeader('Connection', 'close');
  };
  http.prependListener('request', (_req, res) => {
    open.add(res);
    if (isDraining) isLast(res);
    res.once('close', () => {
      open.delete(res);
      // of one whose headers had been sent already
      if (isDraining) http.closeIdleConnections();
    });
  });
  return {
    drain() {
      isDraining = true;
      for (const res of open) isLast(res);
      http.closeIdleConnections();
    },
  };
}
