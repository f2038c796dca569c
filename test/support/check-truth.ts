import type pg from 'pg';

export type Truth = {
  messages: number;
  /** Conversations whose seq has a gap or a double. */
  broken: number;
  /** Customer messages without exactly one outcome: a finished turn, or people who hold or held the conversation. */
  withoutOutcome: number;
  /** Open conversations that nobody owns. */
  stranded: number;
};

/**
 * Looks at the invariants in the database itself, for the workspace. To be called when the fleet has come to rest: then no
 * turn is open, and every conversation in line has its place.
 */
export async function checkTruth(db: pg.Pool, workspaceId: string): Promise<Truth> {
  const found = await db.query<Truth>(
    `select
       (select count(*)::int from messages where workspace_id = $1) as messages,
       (select count(*)::int from conversations c where c.workspace_id = $1 and (
          select count(*) <> c.last_seq or coalesce(max(seq), 0) <> c.last_seq from messages m
          where m.workspace_id = $1 and m.conversation_id = c.id)) as broken,
       (select count(*)::int from messages m where m.workspace_id = $1 and m.author_kind = 'customer'
          and not exists (select 1 from turns t where t.workspace_id = $1 and t.conversation_id = m.conversation_id
            and t.through_seq = m.seq and t.state in ('done', 'failed'))
          and not exists (select 1 from conversation_transitions s where s.workspace_id = $1 and s.conversation_id = m.conversation_id
            and s.to_state in ('waiting', 'agent') and s.at <= m.created_at + interval '1 minute')) as "withoutOutcome",
       (select count(*)::int from conversations c where c.workspace_id = $1 and (
          (c.state = 'waiting' and not exists (select 1 from handoffs h where h.workspace_id = $1 and h.conversation_id = c.id
             and h.state in ('pending', 'running')))
          or (c.state = 'assistant' and exists (select 1 from turns t where t.workspace_id = $1 and t.conversation_id = c.id
             and t.state in ('pending', 'running')))
          or (c.state = 'agent' and not exists (select 1 from agents a where a.workspace_id = $1 and a.id = c.assignee_id
             and a.present_until > now())))) as stranded`,
    [workspaceId],
  );
  const truth = found.rows[0];
  if (!truth) throw new Error('the truth could not be read');
  return truth;
}

/** Turns and documents that are still under way. */
export async function countUnfinished(db: pg.Pool, workspaceId: string): Promise<number> {
  const found = await db.query<{ count: number }>(
    `select (select count(*) from turns where workspace_id = $1 and state in ('pending', 'running'))::int
       + (select count(*) from documents where workspace_id = $1 and index_state in ('pending', 'running'))::int as count`,
    [workspaceId],
  );
  return found.rows[0]?.count ?? 0;
}
