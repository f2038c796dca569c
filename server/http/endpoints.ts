import type { Deps } from '../deps.ts';
import type { Endpoint } from './endpoint.ts';
import { widgetSessionEndpoints } from './routes/widget-sessions.ts';

/** The whole REST API, in the order in which its document lists it. */
export function allEndpoints(deps: Deps): Endpoint[] {
  return [...widgetSessionEndpoints(deps)];
}
