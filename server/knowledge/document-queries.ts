import type { Audience } from '../../protocol/common.ts';
import type { Document, DocumentWithBody, IndexState } from '../../protocol/knowledge.ts';
import type { Db } from '../db/pool.ts';
import type { SourceFormat } from './to-markdown.ts';

export type DocumentRow = {
  id: string;
  externalId: string | null;
  kind: 'article' | 'file';
  title: string;
  titleFromFile: boolean;
  url: string | null;
  locale: string;
  audience: Audience;
  status: 'published' | 'draft';
  version: number;
  liveVersion: number | null;
  indexState: IndexState;
  indexError: string | null;
  indexAttempt: number;
  indexRequestedAt: Date;
  chunkCount: number;
  updatedAt: Date;
};

/** Of `documents d`. */
export const documentColumns = `d.id, d.external_id as "externalId", d.kind, d.title, d.title_from_file as "titleFromFile", d.url, d.locale, d.audience, d.status, d.version,
  d.live_version as "liveVersion", d.index_state as "indexState", d.index_error as "indexError",
  d.index_attempt as "indexAttempt", d.index_requested_at as "indexRequestedAt", d.chunk_count as "chunkCount",
  d.updated_at as "updatedAt"`;

export function toDocument(row: DocumentRow): Document {
  return {
    id: row.id,
    externalId: row.externalId,
    title: row.title,
    kind: row.kind,
    status: row.status,
    index: {
      state: row.indexState,
      chunks: row.chunkCount,
      ...(row.indexError === null ? {} : { error: row.indexError }),
    },
    version: row.version,
    audience: row.audience,
    locale: row.locale,
    url: row.url,
    updatedAt: row.updatedAt.toISOString(),
  };
}

export type DocumentValues = Pick<
  DocumentRow,
  'externalId' | 'kind' | 'title' | 'titleFromFile' | 'url' | 'locale' | 'audience' | 'status'
>;

/**
 * Inserts the documents, or gives those with their externalIds a new version that is still to be indexed, in the order given. What
 * was live stays live. The rows are locked until the transaction ends, also against a second writer of the same externalIds, which
 * must come in the same order in every transaction, and in each call once at most.
 */
export async function upsertDocuments(
  db: Db,
  workspaceId: string,
  documents: (DocumentValues & { id: string })[],
): Promise<{ row: DocumentRow; created: boolean }[]> {
  const { rows } = await db.query<DocumentRow & { created: boolean }>(
    `with given as (
       select * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
         $10::boolean[]) with ordinality g (id, external_id, kind, title, url, locale, audience, status, title_from_file, place)),
     written as (
       insert into documents as d (workspace_id, id, external_id, kind, title, url, locale, audience, status, title_from_file)
       select $1, id, external_id, kind, title, url, locale, audience, status, title_from_file from given order by place
       on conflict (workspace_id, external_id) do update set
         kind = excluded.kind, title = excluded.title, url = excluded.url, locale = excluded.locale, audience = excluded.audience,
         status = excluded.status, title_from_file = excluded.title_from_file, version = d.version + 1, index_state = 'pending', index_error = null, index_attempt = 0,
         index_lease_until = null, index_requested_at = now(), updated_at = now()
       returning d.*)
     select ${documentColumns}, d.id = g.id as created
     from given g join written d on d.id = g.id or (d.external_id = g.external_id) order by g.place`,
    [
      workspaceId,
      documents.map(({ id }) => id),
      documents.map(({ externalId }) => externalId),
      documents.map(({ kind }) => kind),
      documents.map(({ title }) => title),
      documents.map(({ url }) => url),
      documents.map(({ locale }) => locale),
      documents.map(({ audience }) => audience),
      documents.map(({ status }) => status),
      documents.map(({ titleFromFile }) => titleFromFile),
    ],
  );
  if (rows.length !== documents.length) throw new Error('a document was not written');
  return rows.map(({ created, ...row }) => ({ row, created }));
}

export async function insertVersions(
  db: Db,
  workspaceId: string,
  versions: { documentId: string; version: number; title: string; format: SourceFormat; body: string | null }[],
): Promise<void> {
  await db.query(
    `insert into document_versions (workspace_id, document_id, version, title, format, body)
     select $1, v.* from unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[]) v (document_id, version, title, format, body)`,
    [
      workspaceId,
      versions.map(({ documentId }) => documentId),
      versions.map(({ version }) => version),
      versions.map(({ title }) => title),
      versions.map(({ format }) => format),
      versions.map(({ body }) => body),
    ],
  );
}

/** The version before with another title or locale: the same content, to be indexed anew. */
export async function copyVersion(
  db: Db,
  workspaceId: string,
  id: string,
  from: number,
  title: string,
  format: SourceFormat | undefined,
): Promise<void> {
  await db.query(
    `insert into document_versions (workspace_id, document_id, version, title, format, body)
     select workspace_id, document_id, version + 1, $4, case when body is null then format else coalesce($5, format) end, body
     from document_versions where workspace_id = $1 and document_id = $2 and version = $3`,
    [workspaceId, id, from, title, format ?? null],
  );
  await db.query(
    `insert into document_files (workspace_id, document_id, version, file_name, media_type, bytes)
     select workspace_id, document_id, version + 1, file_name, media_type, bytes from document_files
     where workspace_id = $1 and document_id = $2 and version = $3`,
    [workspaceId, id, from],
  );
}

export async function lockDocument(db: Db, workspaceId: string, id: string): Promise<DocumentRow | undefined> {
  const { rows } = await db.query<DocumentRow>(
    `select ${documentColumns} from documents d where d.workspace_id = $1 and d.id = $2 for update`,
    [workspaceId, id],
  );
  return rows[0];
}

/** `newVersion`: the content changed too, so it is to be indexed. */
export async function updateDocument(
  db: Db,
  workspaceId: string,
  id: string,
  values: Omit<DocumentValues, 'externalId' | 'kind'>,
  newVersion: boolean,
): Promise<DocumentRow | undefined> {
  const renew = `, version = d.version + 1, index_state = 'pending', index_error = null, index_attempt = 0,
    index_lease_until = null, index_requested_at = now()`;
  const { rows } = await db.query<DocumentRow>(
    `update documents d set title = $3, url = $4, locale = $5, audience = $6, status = $7, title_from_file = $8, updated_at = now()
     ${newVersion ? renew : ''} where d.workspace_id = $1 and d.id = $2 returning ${documentColumns}`,
    [workspaceId, id, values.title, values.url, values.locale, values.audience, values.status, values.titleFromFile],
  );
  return rows[0];
}

/** Asks for the newest version to be indexed anew. */
export async function requestIndexing(db: Db, workspaceId: string, id: string): Promise<DocumentRow | undefined> {
  const { rows } = await db.query<DocumentRow>(
    `update documents d set index_state = 'pending', index_error = null, index_attempt = 0, index_lease_until = null,
       index_requested_at = now() where d.workspace_id = $1 and d.id = $2 returning ${documentColumns}`,
    [workspaceId, id],
  );
  return rows[0];
}

/** Everything that belongs to it goes with it: versions, files, chunks, its rows in the index. */
export async function deleteDocumentRow(db: Db, workspaceId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from documents where workspace_id = $1 and id = $2', [workspaceId, id]);
  return rowCount === 1;
}

export async function findDocument(db: Db, workspaceId: string, id: string): Promise<DocumentWithBody | undefined> {
  const { rows } = await db.query<DocumentRow & { body: string | null; fileName: string | null }>(
    `select ${documentColumns}, coalesce(v.markdown, case when v.format in ('markdown', 'text') then v.body end) as body,
       f.file_name as "fileName"
     from documents d
     join document_versions v on v.workspace_id = d.workspace_id and v.document_id = d.id and v.version = d.version
     left join document_files f on f.workspace_id = d.workspace_id and f.document_id = d.id and f.version = d.version
     where d.workspace_id = $1 and d.id = $2`,
    [workspaceId, id],
  );
  const [row] = rows;
  return row && { ...toDocument(row), body: row.body, fileName: row.fileName };
}

export type DocumentFilter = {
  status?: 'published' | 'draft' | undefined;
  indexState?: IndexState | undefined;
  audience?: Audience | undefined;
  externalId?: string | undefined;
  /** Part of the title or the external id. */
  q?: string | undefined;
};

/** Newest change first, ties by id: the order of documents_by_update. `before` is the last row of the page before. */
export async function listDocuments(
  db: Db,
  workspaceId: string,
  filter: DocumentFilter,
  before: { updatedAt: string; id: string } | undefined,
  limit: number,
): Promise<{ document: Document; updatedAt: string }[]> {
  const { rows } = await db.query<DocumentRow & { exactUpdatedAt: string }>(
    `select ${documentColumns}, d.updated_at::text as "exactUpdatedAt" from documents d
     where d.workspace_id = $1
       and ($2::text is null or d.status = $2) and ($3::text is null or d.index_state = $3)
       and ($4::text is null or d.audience = $4) and ($5::text is null or d.external_id = $5)
       and ($6::text is null or strpos(lower(d.title), lower($6)) > 0 or strpos(lower(d.external_id), lower($6)) > 0)
       and ($7::timestamptz is null or (d.updated_at, d.id) < ($7, $8::uuid))
     order by d.updated_at desc, d.id desc limit $9`,
    [
      workspaceId,
      filter.status ?? null,
      filter.indexState ?? null,
      filter.audience ?? null,
      filter.externalId ?? null,
      filter.q ?? null,
      before?.updatedAt ?? null,
      before?.id ?? null,
      limit,
    ],
  );
  return rows.map((row) => ({ document: toDocument(row), updatedAt: row.exactUpdatedAt }));
}
