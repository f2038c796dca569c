import type { Agent, Role } from '../../protocol/staff.ts';
import type { Db, PoolClient } from '../db/pool.ts';
import { newId } from '../ids.ts';

type AgentRow = Omit<Agent, 'createdAt'> & { createdAt: Date };

const columns = `id, email, name, role, status, case when present_until > now() then presence else 'offline' end as presence,
  created_at as "createdAt"`;

const toAgent = (row: AgentRow): Agent => ({ ...row, createdAt: row.createdAt.toISOString() });

/** The agent that an account signs in as. An account in several workspaces enters the one it joined first. */
export async function findAgentOfAccount(
  db: Db,
  userId: string,
): Promise<{ workspaceId: string; agentId: string; name: string; role: Role } | undefined> {
  const found = await db.query<{ workspaceId: string; agentId: string; name: string; role: Role }>(
    `select workspace_id as "workspaceId", id as "agentId", name, role from agents
     where user_id = $1 and status = 'active' order by created_at, id limit 1`,
    [userId],
  );
  return found.rows[0];
}

/** In the order of their making: ids are UUIDv7. */
export async function listAgents(
  db: Db,
  { workspaceId, after, limit }: { workspaceId: string; after: string | undefined; limit: number },
): Promise<Agent[]> {
  const found = await db.query<AgentRow>(
    `select ${columns} from agents where workspace_id = $1 and ($2::uuid is null or id > $2) order by id limit $3`,
    [workspaceId, after ?? null, limit],
  );
  return found.rows.map(toAgent);
}

export async function findAgent(db: Db, workspaceId: string, id: string): Promise<Agent | undefined> {
  const found = await db.query<AgentRow>(`select ${columns} from agents where workspace_id = $1 and id = $2`, [
    workspaceId,
    id,
  ]);
  return found.rows[0] && toAgent(found.rows[0]);
}

export async function findAgentByEmail(db: Db, workspaceId: string, email: string): Promise<Agent | undefined> {
  const found = await db.query<AgentRow>(
    `select ${columns} from agents where workspace_id = $1 and lower(email) = lower($2)`,
    [workspaceId, email],
  );
  return found.rows[0] && toAgent(found.rows[0]);
}

/** Whether an invitation was ever accepted. */
export async function hasAccount(db: Db, workspaceId: string, id: string): Promise<boolean> {
  const found = await db.query('select 1 from agents where workspace_id = $1 and id = $2 and user_id is not null', [
    workspaceId,
    id,
  ]);
  return found.rowCount === 1;
}

/** Undefined when the workspace has an agent of this address already. */
export async function insertAgent(
  db: Db,
  agent: {
    workspaceId: string;
    email: string;
    name: string;
    role: Role;
    status: Agent['status'];
    userId: string | undefined;
  },
): Promise<Agent | undefined> {
  const made = await db.query<AgentRow>(
    `insert into agents (workspace_id, id, user_id, email, name, role, status) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict do nothing returning ${columns}`,
    [agent.workspaceId, newId(), agent.userId ?? null, agent.email, agent.name, agent.role, agent.status],
  );
  return made.rows[0] && toAgent(made.rows[0]);
}

/** Locks the owners of a workspace, so that two cannot demote each other at once. */
export async function lockActiveOwners(tx: PoolClient, workspaceId: string): Promise<string[]> {
  const found = await tx.query<{ id: string }>(
    `select id from agents where workspace_id = $1 and role = 'owner' and status = 'active' order by id for update`,
    [workspaceId],
  );
  return found.rows.map((row) => row.id);
}

export async function updateAgent(
  db: Db,
  change: {
    workspaceId: string;
    id: string;
    name?: string | undefined;
    role?: Role | undefined;
    status?: Agent['status'] | undefined;
  },
): Promise<Agent | undefined> {
  const changed = await db.query<AgentRow>(
    `update agents set name = coalesce($3, name), role = coalesce($4, role), status = coalesce($5, status),
       presence = case when $5 = 'disabled' then 'offline' else presence end,
       present_until = case when $5 = 'disabled' then '-infinity' else present_until end
     where workspace_id = $1 and id = $2 returning ${columns}`,
    [change.workspaceId, change.id, change.name ?? null, change.role ?? null, change.status ?? null],
  );
  return changed.rows[0] && toAgent(changed.rows[0]);
}

/** Ends every session of the account behind an agent. */
export async function deleteSessionsOfAgent(db: Db, workspaceId: string, agentId: string): Promise<void> {
  await db.query(
    `delete from auth_sessions where user_id = (select user_id from agents where workspace_id = $1 and id = $2)`,
    [workspaceId, agentId],
  );
}
