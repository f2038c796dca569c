import type { Db } from '../db/pool.ts';

export type Scope = { workspaceId: string; agentId: string; key: string };
export type Kept = { requestHash: Buffer; status: number | null; body: Buffer | null };

/** A run that has not ended by then is taken for dead, and the next request with the key runs again. */
const abandonedAfter = `interval '5 minutes'`;
const keptFor = `interval '24 hours'`;

/**
 * Takes the key for this run. False: another request has it, see findKept. One statement, so that of two at once exactly one gets it;
 * a row past its day, or left by a process that died, is taken over.
 */
export async function claimKey(db: Db, scope: Scope, run: { id: string; requestHash: Buffer }): Promise<boolean> {
  const claimed = await db.query(
    `insert into idempotency_keys as i (workspace_id, agent_id, key, request_hash, run_id) values ($1, $2, $3, $4, $5)
     on conflict (workspace_id, agent_id, key) do update
       set request_hash = excluded.request_hash, run_id = excluded.run_id, status = null, body = null, created_at = now()
       where i.created_at < now() - ${keptFor} or (i.status is null and i.created_at < now() - ${abandonedAfter})
     returning 1`,
    [scope.workspaceId, scope.agentId, scope.key, run.requestHash, run.id],
  );
  return claimed.rowCount === 1;
}

export async function findKept(db: Db, scope: Scope): Promise<Kept | undefined> {
  const found = await db.query<Kept>(
    `select request_hash as "requestHash", status, body from idempotency_keys
     where workspace_id = $1 and agent_id = $2 and key = $3`,
    [scope.workspaceId, scope.agentId, scope.key],
  );
  return found.rows[0];
}

export async function keepAnswer(
  db: Db,
  scope: Scope,
  answer: { runId: string; status: number; body: Buffer | null },
): Promise<void> {
  await db.query(
    `update idempotency_keys set status = $5, body = $6 where workspace_id = $1 and agent_id = $2 and key = $3 and run_id = $4`,
    [scope.workspaceId, scope.agentId, scope.key, answer.runId, answer.status, answer.body],
  );
}

export async function releaseKey(db: Db, scope: Scope, runId: string): Promise<void> {
  await db.query(
    'delete from idempotency_keys where workspace_id = $1 and agent_id = $2 and key = $3 and run_id = $4',
    [scope.workspaceId, scope.agentId, scope.key, runId],
  );
}
