import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { calibrate, calibratedDocumentsMin } from './calibrate.ts';
import { claimCalibration, forgetCalibration, releaseCalibration } from './calibration-queries.ts';
import { type EncoderDeps, encoderFor } from './encoders.ts';
import { findGround } from './ground-queries.ts';
import { keepPostings } from './keep-postings.ts';
import { countUnfolded, foldStats } from './stats-queries.ts';
import { hasUnfinished } from './unfinished-documents.ts';
import { keepVectorIndexes } from './vector-index.ts';

type Slice = Pick<Deps, 'db' | 'log'> & EncoderDeps;

/** While documents keep coming, their statistics are added up for this many at once. */
const unfoldedMax = 500;

/** The same workspace waits in line once. */
export const settlingKey = (workspaceId: string) => `settle-${workspaceId}`;

/**
 * What is due when documents have changed: adding up the statistics, keeping the lists of postings, indexing vectors that have become
 * many, and fitting the confidence anew. While further documents are on their way it is only the first two, now and then. What fails
 * is left to the next document: search goes on with what was there. What a process that stops or dies leaves is in the rows, as
 * statistics that are not added up or a calibration that was begun, and the sweeper has it taken up again.
 */
export async function settleSearch(deps: Slice, workspaceId: string, stopping: AbortSignal): Promise<void> {
  const { db, log } = deps;
  if (stopping.aborted) return;
  try {
    const isSettled = !(await hasUnfinished(db, workspaceId));
    if (isSettled || (await countUnfolded(db, workspaceId, unfoldedMax)) >= unfoldedMax) {
      // while documents keep coming, somebody else who is at it is enough
      const ifFree = !isSettled;
      await transaction(db, (tx) => foldStats(tx, workspaceId, { ifFree }));
      await keepPostings(db, workspaceId, { ifFree }, stopping);
    }
    if (!isSettled) return;
    await keepVectorIndexes(deps, workspaceId);
    await calibrateIfDue(deps, workspaceId, stopping);
  } catch (error) {
    if (!stopping.aborted) log.warn({ err: error, workspaceId }, 'search not settled');
  }
}

async function calibrateIfDue(deps: Slice, workspaceId: string, stopping: AbortSignal): Promise<void> {
  const { db } = deps;
  const ground = await findGround(db, workspaceId);
  const { space, corpus } = ground;
  if (!space) return;
  const encoder = encoderFor(deps, space);
  const isPossible = encoder && corpus.documents >= calibratedDocumentsMin;
  if (!isPossible || !(await claimCalibration(db, workspaceId, space, corpus.documents))) {
    return forgetCalibration(db, workspaceId, space);
  }
  try {
    await calibrate({ db, encoder }, workspaceId, ground, stopping);
  } catch (error) {
    await releaseCalibration(db, workspaceId, space, stopping.aborted);
    throw error;
  }
}
