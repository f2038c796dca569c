import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { calibrate, calibratedDocumentsMin } from './calibrate.ts';
import type { Encoder } from './encoder.ts';
import { countFacets } from './facet-queries.ts';
import { type FillClaim, finishFilling } from './fill-queries.ts';
import { findGround } from './ground-queries.ts';
import { isFull, lockSpaces, makeActive } from './space-queries.ts';
import { keepVectorIndexes } from './vector-index.ts';

/**
 * Ends a filling after which nothing was missing. A new space gets its vector index and its confidence first, then it is switched to,
 * unless somebody is to do that: so a switch makes search neither slow nor worse. `missing`: a document came meanwhile. `building`:
 * another process is at a vector index.
 */
export async function completeFilling(
  deps: Pick<Deps, 'db' | 'log'>,
  claim: FillClaim,
  encoder: Encoder,
  signal: AbortSignal,
): Promise<'done' | 'missing' | 'building'> {
  const { db } = deps;
  const { workspaceId, space } = claim;
  if (!(await keepVectorIndexes(deps, workspaceId, space))) return 'building';
  if (space.state === 'filling') {
    const ground = await findGround(db, workspaceId, space.id);
    if (ground.corpus.documents >= calibratedDocumentsMin)
      await calibrate({ db, encoder }, workspaceId, ground, signal);
  }
  return transaction(db, async (tx) => {
    // from here on nobody writes vectors: what is full now is full when it is switched to
    await lockSpaces(tx, workspaceId);
    if (!(await isFull(tx, workspaceId, space.key))) return 'missing';
    const finished = await finishFilling(tx, claim);
    if (finished?.state === 'filling' && finished.switchesItself) await makeActive(tx, workspaceId, space.id);
    else if (finished?.state === 'active') await countFacets(tx, workspaceId);
    return 'done';
  });
}
