import type { Config } from './config.ts';

/**
 * Whether a browser's Origin is one of our own pages: the public address, or the Host that the request came to (other names of the same
 * server; the scheme is left out, a proxy may end TLS without telling). A page elsewhere can forge neither of the two headers.
 */
export function isOwnOrigin(
  config: Pick<Config, 'publicUrl'>,
  headers: { origin?: string | undefined; host?: string | undefined },
): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return false;
  if (origin === new URL(config.publicUrl).origin) return true;
  if (host === undefined || !/^https?:/.test(origin) || !URL.canParse(origin)) return false;
  return new URL(origin).host === hostOf(host);
}

/** Browsers leave the default port out of Origin, some clients do not out of Host. */
const hostOf = (host: string) => host.toLowerCase().replace(/:(80|443)$/, '');
