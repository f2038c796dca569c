import type { EvalRun } from '../../protocol/evaluation.ts';
import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';
import { type DueRun, deleteOldRuns, findOrInsertRun } from './run-queries.ts';

/** The same request has the same key: a new attempt has another. */
export function enqueueRun(queues: Deps['queues'], { workspaceId, runId, requestedAt, attempt }: DueRun): void {
  const key = `evaluate-${runId}-${requestedAt.getTime()}-${attempt}`;
  queues.enqueue('runEvaluation', { workspaceId, runId }, key);
}

/** Has all evaluation questions measured in the background. `isNew`: false where a run is under way already, which is given then. */
export async function startRun(
  { db, queues }: Pick<Deps, 'db' | 'queues'>,
  { workspaceId, agentId }: { workspaceId: string; agentId: string },
): Promise<{ run: EvalRun; isNew: boolean }> {
  const id = newId();
  const { run, due } = await findOrInsertRun(db, { workspaceId, id, startedBy: agentId });
  if (run.id !== id) return { run, isNew: false };
  await deleteOldRuns(db, workspaceId);
  enqueueRun(queues, due);
  return { run, isNew: true };
}
