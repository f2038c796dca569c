import type { EvalFigures, EvalRun } from '../../protocol/evaluation.ts';
import { toJsonb } from '../db/json.ts';
import type { Db } from '../db/pool.ts';

type RunRow = { id: string; figures: EvalFigures; tookMs: number; createdAt: Date };

const columns = 'id, figures, took_ms as "tookMs", created_at as "createdAt"';
const toRun = ({ createdAt, ...row }: RunRow): EvalRun => ({ ...row, at: createdAt.toISOString() });

export async function insertRun(
  db: Db,
  run: { workspaceId: string; id: string; startedBy: string; figures: EvalFigures; tookMs: number },
): Promise<EvalRun> {
  const { rows } = await db.query<RunRow>(
    `insert into eval_runs (workspace_id, id, started_by, figures, took_ms) values ($1, $2, $3, $4, $5) returning ${columns}`,
    [run.workspaceId, run.id, run.startedBy, toJsonb(run.figures), run.tookMs],
  );
  const [row] = rows;
  if (!row) throw new Error('an insert returned no row');
  return toRun(row);
}

/** The newest first. */
export async function listRuns(
  db: Db,
  { workspaceId, after, limit }: { workspaceId: string; after?: string | undefined; limit: number },
): Promise<EvalRun[]> {
  const { rows } = await db.query<RunRow>(
    `select ${columns} from eval_runs where workspace_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [workspaceId, after ?? null, limit],
  );
  return rows.map(toRun);
}
