import type { Db } from '../db/pool.ts';

/** Marks the space: from now on nobody fills, shows or switches to it. Under lockSpaces. */
export async function markDeleted(tx: Db, workspaceId: string, spaceId: string): Promise<void> {
  await tx.query('update embedding_spaces set deleted_at = now() where workspace_id = $1 and id = $2', [
    workspaceId,
    spaceId,
  ]);
}

export async function findDeletedSpace(db: Db, workspaceId: string, spaceId: string): Promise<number | undefined> {
  const { rows } = await db.query<{ key: number }>(
    'select key from embedding_spaces where workspace_id = $1 and id = $2 and deleted_at is not null',
    [workspaceId, spaceId],
  );
  return rows[0]?.key;
}

/** For the sweeper: spaces whose deletion was cut off, or has not begun. */
export async function listDeletedSpaces(db: Db, limit: number): Promise<{ workspaceId: string; spaceId: string }[]> {
  const { rows } = await db.query<{ workspaceId: string; spaceId: string }>(
    `select workspace_id as "workspaceId", id as "spaceId" from embedding_spaces
     where deleted_at is not null order by deleted_at limit $1`,
    [limit],
  );
  return rows;
}

/** Documents at once: some milliseconds, for which whoever changes one of them waits. */
const documentsAtOnce = 200;

/**
 * Deletes the vectors of the next documents; false when there were none. The documents are locked first, in the order of their ids, as
 * everybody does who writes vectors.
 */
export async function deleteVectors(tx: Db, workspaceId: string, spaceKey: number): Promise<boolean> {
  const { rows } = await tx.query<{ id: string }>(
    `select d.id from documents d where d.workspace_id = $1 and d.id in (
       select document_id from search_vectors where space_key = $2 and scope > 0 order by document_id limit ${documentsAtOnce})
     order by d.id for update`,
    [workspaceId, spaceKey],
  );
  await tx.query(
    'delete from search_vectors where document_id = any($3::uuid[]) and space_key = $2 and workspace_id = $1',
    [workspaceId, spaceKey, rows.map((row) => row.id)],
  );
  return rows.length > 0;
}

/** The vectors' foreign key holds it back while there are any. */
export async function deleteSpaceRow(db: Db, workspaceId: string, spaceId: string): Promise<void> {
  await db.query('delete from embedding_spaces where workspace_id = $1 and id = $2 and deleted_at is not null', [
    workspaceId,
    spaceId,
  ]);
}
