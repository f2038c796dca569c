import type { Config } from '../config.ts';
import { isOwnOrigin } from '../own-origin.ts';

/** Where a browser's request comes from; both as they stand in its headers. */
export type Source = { origin?: string | undefined; host?: string | undefined };

/**
 * Whether an inbox may be used from there: a website it names, any when it names `*`, or our own pages (the widget's frame is one; who
 * may embed that is ruled by frame-ancestors). A caller without an Origin is no browser, and could write any into the header: origins
 * do not hold it, so it is let in wherever some website is. An inbox that nobody has opened yet is closed to it as to all.
 */
export function mayUseInbox(config: Pick<Config, 'publicUrl'>, allowedOrigins: string[], source: Source): boolean {
  if (allowedOrigins.includes('*')) return true;
  if (source.origin === undefined) return allowedOrigins.length > 0;
  return allowedOrigins.includes(source.origin) || isOwnOrigin(config, source);
}
