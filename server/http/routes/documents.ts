import type { Deps } from '../../deps.ts';
import type { Endpoint } from '../endpoint.ts';

export function documentsEndpoints(_deps: Pick<Deps, 'db' | 'queues'>): Endpoint[] {
  return [];
}
