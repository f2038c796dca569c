import type { HandoffBrief, HandoffReason, QueuePlace } from '../../protocol/conversation.ts';
import { toJsonb } from '../db/json.ts';
import type { Db, PoolClient } from '../db/pool.ts';

export type NewHandoff = {
  workspaceId: string;
  id: string;
  conversationId: string;
  reason: HandoffReason;
  detail: string | null;
  brief: HandoffBrief;
  declinedBy: string[];
};

export async function insertHandoff(tx: PoolClient, input: NewHandoff): Promise<void> {
  await tx.query(
    `insert into handoffs (workspace_id, id, conversation_id, reason, detail, brief, declined_by) values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      input.workspaceId,
      input.id,
      input.conversationId,
      input.reason,
      input.detail,
      toJsonb(input.brief),
      input.declinedBy,
    ],
  );
}

/** Ends the place in line; `agentId` is who took it, null when it ended without anybody. */
export async function closeOpenHandoff(
  tx: PoolClient,
  workspaceId: string,
  conversationId: string,
  agentId: string | null,
): Promise<void> {
  await tx.query(
    `update handoffs set state = 'done', agent_id = $3, assigned_at = case when $3::uuid is null then null else now() end, lease_until = null
     where workspace_id = $1 and conversation_id = $2 and state in ('pending', 'running')`,
    [workspaceId, conversationId, agentId],
  );
}

/** Marks in the line who gave the conversation back, so that routing does not hand it to them again. */
export async function addDecliner(
  tx: PoolClient,
  workspaceId: string,
  conversationId: string,
  agentId: string,
): Promise<void> {
  await tx.query(
    `update handoffs set declined_by = array_append(declined_by, $3)
     where workspace_id = $1 and conversation_id = $2 and state = 'pending' and not $3 = any(declined_by)`,
    [workspaceId, conversationId, agentId],
  );
}

const priorityRank = `case c.priority when 'urgent' then 0 when 'high' then 1 when 'normal' then 2 else 3 end`;
const lineOrder = `${priorityRank}, h.requested_at, h.id`;

/** When nobody has been served yet there is nothing to estimate from: two minutes for each place before. */
const assumedSecondsPerPlace = 120;

/**
 * Every place in the workspace's line. Order: priority, then how long they have waited, ties by id. The estimate is the
 * median time that the last fifty served handoffs waited per place, spread over the agents who are there; null while none is.
 */
export async function listQueuePlaces(
  db: Db,
  workspaceId: string,
): Promise<Map<string, QueuePlace & { customerId: string }>> {
  const found = await db.query<{
    conversationId: string;
    customerId: string;
    position: number;
    etaSeconds: number | null;
  }>(
    `with pace as (
       select coalesce(percentile_cont(0.5) within group (order by seconds), $2) as seconds from (
         select extract(epoch from assigned_at - requested_at) as seconds from handoffs
         where workspace_id = $1 and assigned_at is not null order by requested_at desc limit 50) served
     ), there as (
       select count(*)::int as agents from agents
       where workspace_id = $1 and status = 'active' and presence = 'online' and present_until > now()
     ), line as (
       select c.id, c.customer_id, (row_number() over (order by ${lineOrder}))::int as position from handoffs h
       join conversations c on c.workspace_id = h.workspace_id and c.id = h.conversation_id
       where h.workspace_id = $1 and h.state in ('pending', 'running') and c.state = 'waiting'
     )
     select line.id as "conversationId", line.customer_id as "customerId", position,
       case when there.agents = 0 then null
         else ceil(greatest(pace.seconds, 30) * position / there.agents / 30)::int * 30 end as "etaSeconds"
     from line, pace, there`,
    [workspaceId, assumedSecondsPerPlace],
  );
  return new Map(found.rows.map((row) => [row.conversationId, row]));
}

export type WaitingConversation = { conversationId: string; teamId: string | null; declinedBy: string[] };

/** The head of the line, in its order. */
export async function listWaiting(tx: PoolClient, workspaceId: string, limit: number): Promise<WaitingConversation[]> {
  const found = await tx.query<WaitingConversation>(
    `select c.id as "conversationId", c.team_id as "teamId", h.declined_by as "declinedBy" from handoffs h
     join conversations c on c.workspace_id = h.workspace_id and c.id = h.conversation_id
     where h.workspace_id = $1 and h.state in ('pending', 'running') and c.state = 'waiting' order by ${lineOrder} limit $2`,
    [workspaceId, limit],
  );
  return found.rows;
}

export type AvailableAgent = { id: string; name: string; open: number; capacity: number; teamIds: string[] };

/** Agents who are there and may be given something, with how many open conversations they hold. */
export async function listAvailableAgents(tx: PoolClient, workspaceId: string): Promise<AvailableAgent[]> {
  const found = await tx.query<AvailableAgent>(
    `select a.id, a.name, a.capacity,
       (select count(*)::int from conversations c where c.workspace_id = a.workspace_id and c.assignee_id = a.id and c.state = 'agent') as open,
       array(select team_id from team_members t where t.workspace_id = a.workspace_id and t.agent_id = a.id) as "teamIds"
     from agents a where a.workspace_id = $1 and a.status = 'active' and a.presence = 'online' and a.present_until > now() order by a.id`,
    [workspaceId],
  );
  return found.rows;
}

/** Workspaces in which somebody waits. */
export async function listWorkspacesWithQueue(db: Db): Promise<string[]> {
  const found = await db.query<{ workspaceId: string }>(
    `select distinct workspace_id as "workspaceId" from handoffs where state in ('pending', 'running')`,
  );
  return found.rows.map((row) => row.workspaceId);
}
