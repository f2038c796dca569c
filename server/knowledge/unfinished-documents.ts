import type { Db } from '../db/pool.ts';
import type { EmbeddingSpaceKey } from './encoder.ts';

export type UnfinishedDocument = { workspaceId: string; documentId: string; requestedAt: Date; attempt: number };

/**
 * What nobody has begun for `pendingForMs` after it was due, or somebody left unfinished, oldest first, over all workspaces: for
 * the sweeper, which asks for the jobs again. Relies on
 * documents_unfinished.
 */
export async function listUnfinishedDocuments(
  db: Db,
  pendingForMs: number,
  limit: number,
): Promise<UnfinishedDocument[]> {
  const { rows } = await db.query<UnfinishedDocument>(
    `select workspace_id as "workspaceId", id as "documentId", index_requested_at as "requestedAt", index_attempt as attempt
     from documents
     where (index_state = 'pending' and index_requested_at < now() - $2 * interval '1 millisecond') or (index_state = 'running' and index_lease_until < now())
     order by index_requested_at limit $1`,
    [limit, pendingForMs],
  );
  return rows;
}

/**
 * Puts documents in line whose live version was embedded by another model than the one now configured: for the start of the
 * workers. Until its turn comes each is found by its words. Returns how many.
 */
export async function requeueOtherSpaces(db: Db, space: EmbeddingSpaceKey): Promise<number> {
  const { rowCount } = await db.query(
    `update documents d set index_state = 'pending', index_error = null, index_attempt = 0, index_requested_at = now()
     from embedding_spaces s
     where s.workspace_id = d.workspace_id and s.id = d.live_space_id and d.index_state = 'done'
       and (s.provider, s.model) is distinct from ($1, $2)`,
    [space.provider, space.model],
  );
  return rowCount ?? 0;
}

export async function countUnfinished(db: Db, workspaceId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from documents where workspace_id = $1 and index_state in ('pending', 'running')`,
    [workspaceId],
  );
  return rows[0]?.count ?? 0;
}
