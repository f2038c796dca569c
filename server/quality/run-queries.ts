import { type EvalFigures, type EvalRun, evalRunsKept } from '../../protocol/evaluation.ts';
import { toJsonb } from '../db/json.ts';
import type { Db } from '../db/pool.ts';

/*
 * The runs, in rows: pending → running → done | failed. A run that is `running` belongs to whoever has its attempt until the lease
 * ends; what is written under a claim looks whether it still holds.
 */
export type RunClaim = { workspaceId: string; runId: string; attempt: number };

type RunRow = Omit<EvalRun, 'at' | 'progress'> & { casesDone: number; casesTotal: number; createdAt: Date };

const columns = `id, state, figures, took_ms as "tookMs", error, cases_done as "casesDone", cases_total as "casesTotal",
  created_at as "createdAt"`;
const toRun = ({ createdAt, casesDone, casesTotal, ...row }: RunRow): EvalRun => ({
  ...row,
  at: createdAt.toISOString(),
  progress: { done: casesDone, total: casesTotal },
});

export type DueRun = { workspaceId: string; runId: string; requestedAt: Date; attempt: number };
const dueColumns = 'workspace_id as "workspaceId", id as "runId", requested_at as "requestedAt", attempt';

/** The run with this id; where another of the workspace is pending or running, that one. Relies on eval_runs_under_way. */
export async function findOrInsertRun(
  db: Db,
  { workspaceId, id, startedBy }: { workspaceId: string; id: string; startedBy: string },
): Promise<{ run: EvalRun; due: DueRun }> {
  const { rows } = await db.query<RunRow & DueRun>(
    // the upsert waits for one that is just being written or finished
    `insert into eval_runs as r (workspace_id, id, started_by) values ($1, $2, $3)
     on conflict (workspace_id) where state in ('pending', 'running') do update set state = r.state
     returning ${columns}, ${dueColumns}`,
    [workspaceId, id, startedBy],
  );
  const [row] = rows;
  if (!row) throw new Error('an upsert returned no row');
  const { workspaceId: _workspaceId, runId, requestedAt, attempt, ...run } = row;
  return { run: toRun(run), due: { workspaceId, runId, requestedAt, attempt } };
}

/** All but the newest; one that is under way is the newest. */
export async function deleteOldRuns(db: Db, workspaceId: string): Promise<void> {
  await db.query(
    `delete from eval_runs where workspace_id = $1 and id < (
       select id from eval_runs where workspace_id = $1 order by id desc offset ${evalRunsKept - 1} limit 1)`,
    [workspaceId],
  );
}

/** The newest first. `state`: only those. */
export async function listRuns(
  db: Db,
  at: { workspaceId: string; state?: EvalRun['state'] | undefined; after?: string | undefined; limit: number },
): Promise<EvalRun[]> {
  const { rows } = await db.query<RunRow>(
    `select ${columns} from eval_runs where workspace_id = $1 and ($2::uuid is null or id < $2) and ($4::text is null or state = $4)
     order by id desc limit $3`,
    [at.workspaceId, at.after ?? null, at.limit, at.state ?? null],
  );
  return rows.map(toRun);
}

export async function findRun(db: Db, workspaceId: string, id: string): Promise<EvalRun | undefined> {
  const { rows } = await db.query<RunRow>(`select ${columns} from eval_runs where workspace_id = $1 and id = $2`, [
    workspaceId,
    id,
  ]);
  return rows[0] && toRun(rows[0]);
}

/** What is pending and due, or running past its lease. */
export async function claimRun(
  db: Db,
  workspaceId: string,
  runId: string,
  leaseMs: number,
): Promise<RunClaim | undefined> {
  const { rows } = await db.query<{ attempt: number }>(
    `update eval_runs set state = 'running', attempt = attempt + 1, cases_done = 0, cases_total = 0,
       lease_until = now() + $3 * interval '1 millisecond'
     where workspace_id = $1 and id = $2 and (state = 'pending' and requested_at <= now() or state = 'running' and lease_until < now())
     returning attempt`,
    [workspaceId, runId, leaseMs],
  );
  return rows[0] && { workspaceId, runId, attempt: rows[0].attempt };
}

const stillMine = `workspace_id = $1 and id = $2 and attempt = $3 and state = 'running'`;
const claimValues = ({ workspaceId, runId, attempt }: RunClaim) => [workspaceId, runId, attempt];

/** False when the claim is lost. */
export async function renewRun(
  db: Db,
  claim: RunClaim,
  leaseMs: number,
  { done, total }: EvalRun['progress'],
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update eval_runs set lease_until = now() + $4 * interval '1 millisecond', cases_done = $5, cases_total = $6 where ${stillMine}`,
    [...claimValues(claim), leaseMs, done, total],
  );
  return rowCount === 1;
}

/** Back in line, for after the delay. `isCounted`: this attempt counts. */
export async function postponeRun(db: Db, claim: RunClaim, delayMs: number, isCounted: boolean): Promise<void> {
  await db.query(
    `update eval_runs set state = 'pending', lease_until = null, requested_at = now() + $4 * interval '1 millisecond',
       attempt = case when $5 then attempt else attempt - 1 end where ${stillMine}`,
    [...claimValues(claim), delayMs, isCounted],
  );
}

export async function failRun(db: Db, claim: RunClaim, reason: string): Promise<void> {
  await db.query(`update eval_runs set state = 'failed', error = $4, lease_until = null where ${stillMine}`, [
    ...claimValues(claim),
    reason,
  ]);
}

/** False when the claim is lost. */
export async function finishRun(
  tx: Db,
  claim: RunClaim,
  { figures, tookMs, counted }: { figures: EvalFigures; tookMs: number; counted: number },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update eval_runs set state = 'done', figures = $4, took_ms = $5, cases_done = $6, cases_total = $6, lease_until = null
     where ${stillMine}`,
    [...claimValues(claim), toJsonb(figures), tookMs, counted],
  );
  return rowCount === 1;
}

/**
 * For the sweeper, over all workspaces: what nobody has begun for `pendingForMs` after it was due, or somebody left, the longest due
 * first. Relies on eval_runs_under_way.
 */
export async function listDueRuns(db: Db, pendingForMs: number, limit: number): Promise<DueRun[]> {
  const { rows } = await db.query<DueRun>(
    `select ${dueColumns} from eval_runs
     where state in ('pending', 'running') and (state = 'pending' and requested_at < now() - $2 * interval '1 millisecond'
       or state = 'running' and lease_until < now())
     order by requested_at limit $1`,
    [limit, pendingForMs],
  );
  return rows;
}
