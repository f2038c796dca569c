import type { Config } from '../config.ts';
import { isOwnOrigin } from '../own-origin.ts';

/** Where a browser's request comes from; both as they stand in its headers. */
export type Source = { origin?: string | undefined; host?: string | undefined };

/**
 * Whether an inbox may be used from there: a website it names, any when it names `*`, or our own pages (the widget's frame is one; who
 * may embed that is ruled by frame-ancestors). No Origin at all, so no browser, only where every website may.
 */
export function mayUseInbox(config: Pick<Config, 'publicUrl'>, allowedOrigins: string[], source: Source): boolean {
  if (allowedOrigins.includes('*')) return true;
  if (source.origin === undefined) return false;
  return allowedOrigins.includes(source.origin) || isOwnOrigin(config, source);
}
