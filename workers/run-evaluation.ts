import { transaction } from '../server/db/transaction.ts';
import type { Deps } from '../server/deps.ts';
import { AppError } from '../server/errors.ts';
import type { EncoderDeps } from '../server/knowledge/encoders.ts';
import { saveResults } from '../server/quality/case-queries.ts';
import { type Measured, runCases } from '../server/quality/run-cases.ts';
import { claimRun, failRun, finishRun, postponeRun, type RunClaim, renewRun } from '../server/quality/run-queries.ts';
import type { JobPayload } from '../server/queue/jobs.ts';
import { holdLease } from './hold-lease.ts';

type Slice = Pick<Deps, 'config' | 'db' | 'log' | 'reranker'> & EncoderDeps;

const attemptsMax = 3;
const retryDelayMs = (attempt: number) => 2_000 * 2 ** (attempt - 1);
/** So often whoever looks sees how far it is. */
const progressMs = 1_000;

/**
 * Measures all evaluation questions: pending → running → done | failed. All or nothing is kept, in one transaction: a run that is
 * killed leaves the results of the one before and begins anew, and two runs do the work of one. Where the process stops, another one
 * begins it anew.
 */
export async function runEvaluation(
  deps: Slice,
  { workspaceId, runId }: JobPayload<'runEvaluation'>,
  stopping: AbortSignal,
): Promise<void> {
  const { db, config } = deps;
  const claim = await claimRun(db, workspaceId, runId, config.leaseMs);
  if (!claim) return;
  if (claim.attempt > attemptsMax) return failRun(db, claim, `It was tried ${attemptsMax} times and never finished.`);
  let progress = { done: 0, total: 0 };
  const everyMs = Math.min(progressMs, config.leaseMs / 3);
  const lease = holdLease(deps, everyMs, () => renewRun(db, claim, config.leaseMs, progress));
  try {
    const measured = await runCases(deps, {
      workspaceId,
      signal: AbortSignal.any([lease.lost, stopping]),
      onProgress: (now) => {
        progress = now;
      },
    });
    await keep(db, claim, measured);
  } catch (error) {
    if (stopping.aborted) await postponeRun(db, claim, 0, false);
    else if (!lease.lost.aborted) await giveUp(deps, claim, error);
  } finally {
    lease.stop();
  }
}

const keep = (db: Deps['db'], claim: RunClaim, { figures, tookMs, results }: Measured): Promise<void> =>
  transaction(db, async (tx) => {
    if (!(await finishRun(tx, claim, { figures, tookMs, counted: results.length }))) return;
    await saveResults(tx, claim.workspaceId, results);
  });

async function giveUp({ db, log }: Slice, claim: RunClaim, error: unknown): Promise<void> {
  log.warn({ err: error, runId: claim.runId, attempt: claim.attempt }, 'evaluation not finished');
  if (claim.attempt < attemptsMax) return postponeRun(db, claim, retryDelayMs(claim.attempt), true);
  const reason = error instanceof AppError ? error.publicMessage : 'Something went wrong on our side.';
  await failRun(db, claim, `${reason} It was tried ${attemptsMax} times.`);
}
