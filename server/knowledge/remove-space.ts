import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { deleteSpaceRow, deleteVectors, findDeletedSpace } from './removal-queries.ts';
import { dropVectorIndex } from './vector-index.ts';

/**
 * Removes a space that was marked as deleted: its vector index, its vectors a few documents at a time, then itself. Killed in between,
 * the next run goes on; two runs do no harm. Does nothing with one that is not marked.
 */
export async function removeSpace(
  { db }: Pick<Deps, 'db'>,
  { workspaceId, spaceId }: { workspaceId: string; spaceId: string },
): Promise<void> {
  const key = await findDeletedSpace(db, workspaceId, spaceId);
  if (key === undefined) return;
  // first: without the index its vectors go a hundred times faster
  await dropVectorIndex(db, key);
  while (await transaction(db, (tx) => deleteVectors(tx, workspaceId, key)));
  await deleteSpaceRow(db, workspaceId, spaceId);
}
