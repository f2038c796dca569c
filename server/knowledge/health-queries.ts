import type { EmbeddingSpace, IndexHealth } from '../../protocol/spaces.ts';
import type { Db } from '../db/pool.ts';
import { vectorIndexName } from './vector-index.ts';

export type SpaceCounts = Pick<EmbeddingSpace, 'id' | 'dimensions' | 'state'> & {
  provider: string;
  model: string;
  fillState: EmbeddingSpace['fill']['state'];
  fillError: string | null;
  /** Since when the filling runs, and how many documents had vectors then. */
  fillingSeconds: number | null;
  filledBefore: number;
  /** Documents that have vectors in it. */
  documents: number;
  vectors: number;
  waiting: number;
  /** Null: it has none. */
  indexIsValid: boolean | null;
  activatedAt: Date | null;
  createdAt: Date;
};

/**
 * The active space first, then the newest. A document has all its vectors in a space or none, so counting documents, over
 * search_vectors_of_documents, counts vectors too.
 */
export async function listSpaceCounts(db: Db, workspaceId: string): Promise<SpaceCounts[]> {
  const { rows } = await db.query<SpaceCounts>(
    `select s.id, s.provider, s.model, s.dimensions, s.state, s.fill_state as "fillState", s.fill_error as "fillError",
       extract(epoch from now() - s.fill_started_at)::float8 as "fillingSeconds", s.fill_started_with as "filledBefore",
       filled.documents, filled.vectors,
       (select count(*)::int from search_vectors v where v.space_key = s.key and not v.indexed) as waiting,
       i.indisvalid as "indexIsValid", s.activated_at as "activatedAt", s.created_at as "createdAt"
     from embedding_spaces s cross join lateral (
       select count(*)::int as documents, coalesce(sum(d.chunk_count + (d.chunk_count > 1)::int), 0)::int as vectors from search_vectors v
       join documents d on d.workspace_id = $1 and d.id = v.document_id where v.space_key = s.key and v.scope > 0) filled
     left join pg_index i on i.indexrelid = to_regclass('${vectorIndexName('')}' || s.key)
     where s.workspace_id = $1 and s.deleted_at is null order by s.state = 'active' desc, s.created_at desc, s.id desc`,
    [workspaceId],
  );
  return rows;
}

export type DocumentCounts = Omit<IndexHealth['documents'], 'oldestDueAt'> & { live: number; oldestDueAt: Date | null };

/** One pass over the workspace's documents. Due: waiting to be begun, or begun by somebody whose lease has ended. */
export async function countDocuments(db: Db, workspaceId: string): Promise<DocumentCounts> {
  const { rows } = await db.query<DocumentCounts>(
    `select count(*) filter (where index_state = 'pending')::int as pending, count(*) filter (where index_state = 'running')::int as running,
       count(*) filter (where index_state = 'done')::int as done, count(*) filter (where index_state = 'failed')::int as failed,
       count(*) filter (where live_version is not null)::int as live,
       count(*) filter (where index_state = 'done' and index_finished_at > now() - interval '1 minute')::int as "donePerMinute",
       min(index_requested_at) filter (where (index_state = 'pending' and index_requested_at <= now())
         or (index_state = 'running' and index_lease_until < now())) as "oldestDueAt"
     from documents where workspace_id = $1`,
    [workspaceId],
  );
  const [row] = rows;
  if (!row) throw new Error('an aggregate has a row');
  return row;
}

/** The newest first. */
export async function listFailures(db: Db, workspaceId: string, limit: number): Promise<IndexHealth['failures']> {
  const { rows } = await db.query<IndexHealth['failures'][number]>(
    `select id as "documentId", title, index_error as error, index_attempt as attempts from documents
     where workspace_id = $1 and index_state = 'failed' order by index_finished_at desc nulls last, id desc limit $2`,
    [workspaceId, limit],
  );
  return rows;
}

export async function requestFailedDocuments(
  db: Db,
  workspaceId: string,
): Promise<{ documentId: string; requestedAt: Date; attempt: number }[]> {
  const { rows } = await db.query<{ documentId: string; requestedAt: Date; attempt: number }>(
    `update documents set index_state = 'pending', index_error = null, index_attempt = 0, index_requested_at = now()
     where workspace_id = $1 and index_state = 'failed'
     returning id as "documentId", index_requested_at as "requestedAt", index_attempt as attempt`,
    [workspaceId],
  );
  return rows;
}
