import type { Deps } from '../../deps.ts';
import type { Endpoint } from '../endpoint.ts';

export function searchEndpoints(_deps: Pick<Deps, 'db' | 'encoder'>): Endpoint[] {
  return [];
}
