import type { Db } from '../db/pool.ts';

export type UnfinishedDocument = { workspaceId: string; documentId: string; requestedAt: Date; attempt: number };

/**
 * What nobody has begun for `pendingForMs` after it was due, or somebody left unfinished, oldest first, over all workspaces: for
 * the sweeper, which asks for the jobs again. Relies on documents_unfinished.
 */
export async function listUnfinishedDocuments(
  db: Db,
  pendingForMs: number,
  limit: number,
): Promise<UnfinishedDocument[]> {
  const { rows } = await db.query<UnfinishedDocument>(
    `select workspace_id as "workspaceId", id as "documentId", index_requested_at as "requestedAt", index_attempt as attempt
     from documents
     where (index_state = 'pending' and index_requested_at < now() - $2 * interval '1 millisecond')
       or (index_state = 'running' and index_lease_until < now())
     order by index_requested_at, id limit $1`,
    [limit, pendingForMs],
  );
  return rows;
}

/**
 * Puts documents in line whose words were read by older rules than the present ones: for the start of the workers. Until its turn
 * comes each is found as before. Returns how many.
 */
export async function requeueOlderAnalyses(db: Db, analysis: number): Promise<number> {
  const { rowCount } = await db.query(
    `update documents d set index_state = 'pending', index_error = null, index_attempt = 0, index_requested_at = now()
     from document_terms t
     where t.workspace_id = d.workspace_id and t.document_id = d.id and d.index_state = 'done' and t.analysis < $1`,
    [analysis],
  );
  return rowCount ?? 0;
}

/** Whether a document of any workspace is due to be indexed, or being indexed. Relies on documents_unfinished. */
export async function isIndexing(db: Db): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from documents where index_state = 'running' or (index_state = 'pending' and index_requested_at <= now()) limit 1`,
  );
  return rowCount === 1;
}

export async function hasUnfinished(db: Db, workspaceId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from documents where workspace_id = $1 and index_state in ('pending', 'running') limit 1`,
    [workspaceId],
  );
  return rowCount === 1;
}
