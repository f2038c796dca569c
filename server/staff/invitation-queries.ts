import type { Db, PoolClient } from '../db/pool.ts';

export type InvitationRow = {
  workspaceId: string;
  agentId: string;
  email: string;
  name: string;
  workspaceName: string;
};

const lifetime = `interval '7 days'`;

/** The only open invitation of an agent: the link before it stops working. */
export async function saveInvitation(
  db: Db,
  invitation: { workspaceId: string; agentId: string; tokenHash: Buffer },
): Promise<void> {
  await db.query(
    `insert into invitations (workspace_id, agent_id, token_hash, expires_at) values ($1, $2, $3, now() + ${lifetime})
     on conflict (workspace_id, agent_id) do update
       set token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_at = now()`,
    [invitation.workspaceId, invitation.agentId, invitation.tokenHash],
  );
}

export async function findInvitation(db: Db, tokenHash: Buffer): Promise<InvitationRow | undefined> {
  const found = await db.query<InvitationRow>(
    `select a.workspace_id as "workspaceId", a.id as "agentId", a.email, a.name, w.name as "workspaceName"
     from invitations i join agents a on a.workspace_id = i.workspace_id and a.id = i.agent_id
     join workspaces w on w.id = i.workspace_id
     where i.token_hash = $1 and i.expires_at > now() and a.status = 'invited'`,
    [tokenHash],
  );
  return found.rows[0];
}

/** Uses it up: of two at once only one gets true. */
export async function takeInvitation(tx: PoolClient, tokenHash: Buffer): Promise<boolean> {
  const taken = await tx.query('delete from invitations where token_hash = $1 and expires_at > now()', [tokenHash]);
  return taken.rowCount === 1;
}

export async function deleteInvitation(db: Db, workspaceId: string, agentId: string): Promise<void> {
  await db.query('delete from invitations where workspace_id = $1 and agent_id = $2', [workspaceId, agentId]);
}

/** False when the agent is no longer invited. */
export async function activateAgent(
  tx: PoolClient,
  agent: { workspaceId: string; agentId: string; userId: string },
): Promise<boolean> {
  const changed = await tx.query(
    `update agents set status = 'active', user_id = $3 where workspace_id = $1 and id = $2 and status = 'invited'`,
    [agent.workspaceId, agent.agentId, agent.userId],
  );
  return changed.rowCount === 1;
}
