import type { Turn, TurnOutcome, TurnTrace } from '../../protocol/answer.ts';
import { toJsonb } from '../db/json.ts';
import type { Db, PoolClient } from '../db/pool.ts';

export type TurnRow = {
  workspaceId: string;
  id: string;
  conversationId: string;
  throughSeq: number;
  state: Turn['state'];
  attempt: number;
  deadlineAt: Date;
  leaseUntil: Date | null;
};

const columns = `workspace_id as "workspaceId", id, conversation_id as "conversationId", through_seq as "throughSeq", state, attempt,
  deadline_at as "deadlineAt", lease_until as "leaseUntil"`;

/** Work is a row first: written in the transaction of the message that causes it. */
export async function insertTurn(
  tx: PoolClient,
  input: { workspaceId: string; id: string; conversationId: string; throughSeq: number; deadlineMs: number },
): Promise<void> {
  await tx.query(
    `insert into turns (workspace_id, id, conversation_id, through_seq, deadline_at)
     values ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')`,
    [input.workspaceId, input.id, input.conversationId, input.throughSeq, input.deadlineMs],
  );
}

/** Ends the open turn, if there is one: its worker will find that it has nothing more to say. */
export async function closeOpenTurn(
  tx: PoolClient,
  workspaceId: string,
  conversationId: string,
  outcome: TurnOutcome,
): Promise<void> {
  await tx.query(
    `update turns set state = 'done', outcome = $3, finished_at = now(), lease_until = null
     where workspace_id = $1 and conversation_id = $2 and state in ('pending', 'running')`,
    [workspaceId, conversationId, outcome],
  );
}

/**
 * Takes the turn for one attempt: only a pending one, or one whose worker has let its lease run out. Undefined: somebody has
 * it, or it is done.
 */
export async function claimTurn(
  db: Db,
  workspaceId: string,
  id: string,
  leaseMs: number,
): Promise<TurnRow | undefined> {
  const claimed = await db.query<TurnRow>(
    `update turns set state = 'running', attempt = attempt + 1, lease_until = now() + $3 * interval '1 millisecond'
     where workspace_id = $1 and id = $2 and (state = 'pending' or (state = 'running' and lease_until < now()))
     returning ${columns}`,
    [workspaceId, id, leaseMs],
  );
  return claimed.rows[0];
}

/** False when the turn was overtaken, finished or taken by another worker: then this one must stop. */
export async function renewTurnLease(db: Db, turn: TurnRow, leaseMs: number): Promise<boolean> {
  const renewed = await db.query(
    `update turns set lease_until = now() + $4 * interval '1 millisecond'
     where workspace_id = $1 and id = $2 and state = 'running' and attempt = $3`,
    [turn.workspaceId, turn.id, turn.attempt, leaseMs],
  );
  return renewed.rowCount === 1;
}

/** Gives an attempt up: the next one may begin at once. */
export async function releaseTurn(db: Db, turn: TurnRow): Promise<void> {
  await db.query(
    `update turns set lease_until = now() where workspace_id = $1 and id = $2 and state = 'running' and attempt = $3`,
    [turn.workspaceId, turn.id, turn.attempt],
  );
}

/** Locked, if it is still this attempt's to finish. The conversation is locked first, always in that order. */
export async function lockRunningTurn(tx: PoolClient, turn: TurnRow): Promise<boolean> {
  const found = await tx.query(
    `select 1 from turns where workspace_id = $1 and id = $2 and state = 'running' and attempt = $3 for update`,
    [turn.workspaceId, turn.id, turn.attempt],
  );
  return found.rowCount === 1;
}

export async function finishTurn(
  tx: PoolClient,
  turn: Pick<TurnRow, 'workspaceId' | 'id'>,
  result: { state: 'done' | 'failed'; outcome: TurnOutcome; messageId: string | null; trace: TurnTrace | null },
): Promise<void> {
  await tx.query(
    `update turns set state = $3, outcome = $4, message_id = $5, trace = $6, finished_at = now(), lease_until = null
     where workspace_id = $1 and id = $2`,
    [turn.workspaceId, turn.id, result.state, result.outcome, result.messageId, result.trace && toJsonb(result.trace)],
  );
}

/** What the assistant last did, newest first, finished and not overtaken. */
export async function listRecentOutcomes(
  db: Db,
  workspaceId: string,
  conversationId: string,
  limit: number,
): Promise<{ outcome: TurnOutcome; trace: TurnTrace | null }[]> {
  const found = await db.query<{ outcome: TurnOutcome; trace: TurnTrace | null }>(
    `select outcome, trace from turns where workspace_id = $1 and conversation_id = $2 and state = 'done' and outcome <> 'superseded'
     order by through_seq desc limit $3`,
    [workspaceId, conversationId, limit],
  );
  return found.rows;
}

/** The messages that a newer one overtook before they were answered. */
export async function listOvertakenSeqs(db: Db, workspaceId: string, conversationId: string): Promise<Set<number>> {
  const found = await db.query<{ throughSeq: number }>(
    `select through_seq as "throughSeq" from turns where workspace_id = $1 and conversation_id = $2 and outcome = 'superseded'
     order by through_seq desc limit 20`,
    [workspaceId, conversationId],
  );
  return new Set(found.rows.map((row) => row.throughSeq));
}

type TurnView = Omit<Turn, 'createdAt' | 'finishedAt'> & { createdAt: Date; finishedAt: Date | null };

export async function listTurns(db: Db, workspaceId: string, conversationId: string): Promise<Turn[]> {
  const found = await db.query<TurnView>(
    `select id, conversation_id as "conversationId", through_seq as "throughSeq", state, outcome, attempt, message_id as "messageId",
       trace, created_at as "createdAt", finished_at as "finishedAt"
     from turns where workspace_id = $1 and conversation_id = $2 order by through_seq`,
    [workspaceId, conversationId],
  );
  return found.rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }));
}

export type UnfinishedTurn = Pick<TurnRow, 'workspaceId' | 'id' | 'conversationId' | 'attempt'> & { overdue: boolean };

/**
 * For the sweeper, over all workspaces, oldest first: pending for a while (its job was lost), running past its lease (its
 * worker was), or past its deadline. Relies on turns_unfinished; there is no window that a turn could fall out of.
 */
export async function listUnfinishedTurns(db: Db, pendingForMs: number, limit: number): Promise<UnfinishedTurn[]> {
  const found = await db.query<UnfinishedTurn>(
    `select workspace_id as "workspaceId", id, conversation_id as "conversationId", attempt, deadline_at < now() as overdue from turns
     where state in ('pending', 'running') and (deadline_at < now() or (state = 'running' and lease_until < now())
       or (state = 'pending' and created_at < now() - $1 * interval '1 millisecond'))
     order by created_at limit $2`,
    [pendingForMs, limit],
  );
  return found.rows;
}
