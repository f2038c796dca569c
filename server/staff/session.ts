import type { Session } from '../../protocol/staff.ts';
import type { Deps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { authOf } from './auth.ts';
import type { Principal } from './principal.ts';

export async function readSession({ db }: Pick<Deps, 'db'>, principal: Principal): Promise<Session> {
  const found = await db.query<{ email: string; workspaceName: string }>(
    `select a.email, w.name as "workspaceName" from agents a join workspaces w on w.id = a.workspace_id
     where a.workspace_id = $1 and a.id = $2`,
    [principal.workspaceId, principal.agentId],
  );
  const [row] = found.rows;
  if (!row) throw notFound('agent');
  return {
    agent: { id: principal.agentId, email: row.email, name: principal.name, role: principal.role },
    workspace: { id: principal.workspaceId, name: row.workspaceName },
  };
}

/** Renews a session in use, at most once a day; returns the cookies to set, none when it is fresh. */
export async function refreshSession(
  deps: Pick<Deps, 'config' | 'db' | 'log'>,
  { cookie }: { cookie?: string | undefined },
): Promise<string[]> {
  const { headers } = await authOf(deps).api.getSession({
    headers: new Headers(cookie === undefined ? {} : { cookie }),
    returnHeaders: true,
  });
  return headers.getSetCookie();
}
