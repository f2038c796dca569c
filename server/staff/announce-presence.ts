import type { Deps } from '../deps.ts';
import { listPresence } from './presence-queries.ts';

/** Tells agents who is there, and customers whether anybody is. */
export async function announcePresence(deps: Pick<Deps, 'db' | 'publish'>, workspaceId: string): Promise<void> {
  const presence = await listPresence(deps.db, workspaceId);
  deps.publish.toAgents(workspaceId, 'presence:updated', { presence });
  deps.publish.toCustomers(workspaceId, 'presence:updated', {
    online: presence.some((agent) => agent.status === 'online'),
  });
}
