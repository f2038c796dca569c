import type { Role } from '../../protocol/staff.ts';
import type { Deps } from '../deps.ts';
import { findAgentOfAccount } from './agent-queries.ts';
import { findKeyHolder, touchApiKey } from './api-key-queries.ts';
import { authOf } from './auth.ts';
import { hashCredential } from './credentials.ts';
import type { Principal } from './principal.ts';

const rank: Record<Role, number> = { agent: 0, admin: 1, owner: 2 };

export const hasRole = (principal: Pick<Principal, 'role'>, least: Role): boolean =>
  rank[principal.role] >= rank[least];

/** On whose behalf a key acts: its maker while they are active, with the lesser of the key's role and theirs. */
export async function authenticateApiKey(deps: Pick<Deps, 'db' | 'log'>, key: string): Promise<Principal | undefined> {
  if (key.length > 500) return undefined;
  const holder = await findKeyHolder(deps.db, hashCredential(key));
  if (!holder) return undefined;
  if (holder.stale) {
    touchApiKey(deps.db, holder.workspaceId, holder.id).catch((error) =>
      deps.log.debug({ err: error }, 'the time of an API key not written'),
    );
  }
  const { workspaceId, agentId, name, keyRole, agentRole } = holder;
  const role = rank[keyRole] < rank[agentRole] ? keyRole : agentRole;
  return { workspaceId, agentId, name, role, via: 'api_key' };
}

/** Who is signed in by the cookie in these headers. Looks at the database each time: an ended session stops at once. */
export async function authenticateSession(
  deps: Pick<Deps, 'config' | 'db' | 'log'>,
  { cookie }: { cookie?: string | undefined },
): Promise<Principal | undefined> {
  if (!cookie?.includes('parley.session_token')) return undefined;
  const found = await authOf(deps).api.getSession({
    headers: new Headers({ cookie }),
    query: { disableRefresh: true },
  });
  if (!found) return undefined;
  const agent = await findAgentOfAccount(deps.db, found.user.id);
  return agent && { ...agent, via: 'session' };
}
