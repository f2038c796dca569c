import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { calibrate, calibratedDocumentsMin } from './calibrate.ts';
import { claimCalibration } from './calibration-queries.ts';
import { type EncoderDeps, encoderFor } from './encoders.ts';
import { findGround } from './ground-queries.ts';
import { countUnfolded, foldStats } from './stats-queries.ts';
import { hasUnfinished } from './unfinished-documents.ts';
import { keepVectorIndexes } from './vector-index.ts';

type Slice = Pick<Deps, 'db' | 'log'> & EncoderDeps;

/** While documents keep coming, their statistics are added up for this many at once. */
const unfoldedMax = 500;

/**
 * What is due after documents have changed and before nobody looks: adding up the statistics, indexing vectors that have become
 * many, and fitting the confidence anew. What fails is left to the next document: search goes on with what was there.
 */
export async function settleSearch(deps: Slice, workspaceId: string): Promise<void> {
  const { db, log } = deps;
  try {
    const isSettled = !(await hasUnfinished(db, workspaceId));
    if (isSettled || (await countUnfolded(db, workspaceId, unfoldedMax)) >= unfoldedMax) {
      await transaction(db, (tx) => foldStats(tx, workspaceId, { ifFree: !isSettled }));
    }
    if (!isSettled) return;
    await keepVectorIndexes(deps, workspaceId);
    const ground = await findGround(db, workspaceId);
    const { documents } = ground.corpus;
    if (documents < calibratedDocumentsMin || !ground.space) return;
    const encoder = encoderFor(deps, ground.space);
    if (!encoder || !(await claimCalibration(db, workspaceId, ground.space, documents))) return;
    await calibrate({ db, encoder }, workspaceId, ground);
  } catch (error) {
    log.warn({ err: error, workspaceId }, 'search not settled');
  }
}
