import type { AgentPresence, PresenceStatus } from '../../protocol/agent.ts';
import type { Db } from '../db/pool.ts';

/** What an agent says of themselves, true for `graceMs` unless a live socket renews it. */
export async function setPresence(
  db: Db,
  input: { workspaceId: string; agentId: string; status: PresenceStatus; graceMs: number },
): Promise<void> {
  await db.query(
    `update agents set presence = $3, present_until = now() + $4 * interval '1 millisecond'
     where workspace_id = $1 and id = $2 and status = 'active'`,
    [input.workspaceId, input.agentId, input.status, input.graceMs],
  );
}

/** Agents with a live socket stay for another `graceMs`; it never shortens. */
export async function renewPresence(
  db: Db,
  agents: { workspaceId: string; agentId: string }[],
  graceMs: number,
): Promise<void> {
  await db.query(
    `update agents set present_until = greatest(present_until, now() + $3 * interval '1 millisecond')
     where (workspace_id, id) in (select * from unnest($1::uuid[], $2::uuid[])) and status = 'active'`,
    [agents.map((agent) => agent.workspaceId), agents.map((agent) => agent.agentId), graceMs],
  );
}

/** Keeps what they hold for `forMs` from now on, whether or not they are there; says nothing of being online. */
export async function stayActing(db: Db, workspaceId: string, agentId: string, forMs: number): Promise<void> {
  await db.query(
    `update agents set acting_until = now() + $3 * interval '1 millisecond' where workspace_id = $1 and id = $2 and status = 'active'`,
    [workspaceId, agentId, forMs],
  );
}

/** Agents whose time has run out become offline; returns them. */
export async function expirePresence(db: Db): Promise<{ workspaceId: string; agentId: string }[]> {
  const gone = await db.query<{ workspaceId: string; agentId: string }>(
    `update agents set presence = 'offline' where presence <> 'offline' and present_until < now()
     returning workspace_id as "workspaceId", id as "agentId"`,
  );
  return gone.rows;
}

export async function isPresent(db: Db, workspaceId: string, agentId: string): Promise<boolean> {
  const found = await db.query(
    `select 1 from agents where workspace_id = $1 and id = $2 and status = 'active'
     and greatest(present_until, acting_until) > now()`,
    [workspaceId, agentId],
  );
  return found.rowCount === 1;
}

export async function listPresence(db: Db, workspaceId: string): Promise<AgentPresence[]> {
  const found = await db.query<AgentPresence>(
    `select a.id as "agentId", a.name, case when a.present_until > now() then a.presence else 'offline' end as status,
       (select count(*)::int from conversations c where c.workspace_id = a.workspace_id and c.assignee_id = a.id and c.state = 'agent') as open
     from agents a where a.workspace_id = $1 and a.status = 'active' order by a.name, a.id`,
    [workspaceId],
  );
  return found.rows;
}

/** Held by an agent who is no longer there, and not handed over just now: they go back to the queue. */
export async function listAbandoned(
  db: Db,
  graceMs: number,
  limit: number,
): Promise<{ workspaceId: string; conversationId: string; agentId: string }[]> {
  const found = await db.query<{ workspaceId: string; conversationId: string; agentId: string }>(
    `select c.workspace_id as "workspaceId", c.id as "conversationId", c.assignee_id as "agentId" from conversations c
     join agents a on a.workspace_id = c.workspace_id and a.id = c.assignee_id
     where c.state = 'agent' and (greatest(a.present_until, a.acting_until) < now() or a.status <> 'active') and c.state_changed_at < now() - $1 * interval '1 millisecond'
     order by c.state_changed_at limit $2`,
    [graceMs, limit],
  );
  return found.rows;
}
