import type { Db } from '../db/pool.ts';
import { arrayBytes, intArray, listsOf, termsArray, textArray, uuidArray } from './array-bytes.ts';
import type { ChunkTerms } from './close-look-queries.ts';
import type { EmbeddingSpaceKey } from './encoder.ts';
import { findOrMakeFacet } from './facet-queries.ts';
import type { SourceFormat } from './to-markdown.ts';
import { denseBytes, sparseBytes, vectorOids } from './vector-bytes.ts';
import { vectorIndexName } from './vector-index.ts';

export type VersionContent = {
  documentId: string;
  title: string;
  titleFromFile: boolean;
  locale: string;
  format: SourceFormat;
  body: string | null;
  bytes: Buffer | null;
};

/** What the documents say in these versions. */
export async function readVersions(
  db: Db,
  workspaceId: string,
  wanted: { documentId: string; version: number }[],
): Promise<VersionContent[]> {
  const { rows } = await db.query<VersionContent>(
    `select d.id as "documentId", v.title, d.title_from_file as "titleFromFile", d.locale, v.format, v.body, f.bytes
     from unnest($2::uuid[], $3::int[]) w (id, version)
     join documents d on d.workspace_id = $1 and d.id = w.id and d.version = w.version
     join document_versions v on v.workspace_id = $1 and v.document_id = w.id and v.version = w.version
     left join document_files f on f.workspace_id = $1 and f.document_id = w.id and f.version = w.version`,
    [workspaceId, wanted.map((one) => one.documentId), wanted.map((one) => one.version)],
  );
  return rows;
}

export type Space = EmbeddingSpaceKey & { id: string; key: number };

/** The workspace's active space; where it has none yet, one for this encoder. */
export async function findOrMakeActiveSpace(
  db: Db,
  workspaceId: string,
  id: string,
  space: EmbeddingSpaceKey,
): Promise<Space> {
  const { rows } = await db.query<Space>(
    // the upsert waits for one that another worker is just making, and gives that
    `with known as (
       select id, key, provider, model, dimensions from embedding_spaces where workspace_id = $1 and state = 'active'),
     made as (
       insert into embedding_spaces as s (workspace_id, id, provider, model, dimensions, activated_at)
       select $1, $2, $3, $4, $5, now() where not exists (select from known)
       on conflict (workspace_id) where state = 'active' do update set state = s.state
       returning id, key, provider, model, dimensions)
     select * from known union all select * from made`,
    [workspaceId, id, space.provider, space.model, space.dimensions],
  );
  const [row] = rows;
  if (!row) throw new Error('the embedding space was not written');
  return row;
}

export type NewChunk = {
  id: string;
  position: number;
  headingPath: string[];
  text: string;
  tokens: number;
};

/** Of a document: all that an index entry needs besides itself. */
export type Place = { documentId: string; version: number };

/** Takes away what an earlier run for the same versions left, but for what is the same. */
export async function deleteOtherChunks(
  tx: Db,
  workspaceId: string,
  versions: Place[],
  chunks: NewChunk[],
): Promise<void> {
  await tx.query(
    `delete from chunks c using unnest($2::uuid[], $3::int[]) p (id, version)
     where c.workspace_id = $1 and c.document_id = p.id and c.version = p.version and c.id <> all($4::uuid[])`,
    [
      workspaceId,
      versions.map(({ documentId }) => documentId),
      versions.map(({ version }) => version),
      chunks.map((chunk) => chunk.id),
    ],
  );
}

/** Those that are there already stay. One statement, however many rows of however many documents. */
export async function insertChunks(tx: Db, workspaceId: string, chunks: (NewChunk & Place)[]): Promise<void> {
  const headings = listsOf(chunks.map((chunk) => chunk.headingPath));
  await tx.query(
    `insert into chunks (workspace_id, id, document_id, version, position, heading_path, text, tokens)
     select $1, r.id, r.document_id, r.version, r.position, ($9::text[])[r.headings_from:r.headings_to], r.text, r.tokens
     from unnest($2::uuid[], $3::uuid[], $4::int[], $5::int[], $6::text[], $7::int[], $8::int[], $10::int[])
       r (id, document_id, version, position, text, headings_from, headings_to, tokens)
     on conflict (workspace_id, id) do nothing`,
    [
      workspaceId,
      uuidArray(chunks.map((chunk) => chunk.id)),
      uuidArray(chunks.map((chunk) => chunk.documentId)),
      intArray(chunks.map((chunk) => chunk.version)),
      intArray(chunks.map((chunk) => chunk.position)),
      textArray(chunks.map((chunk) => chunk.text)),
      headings.from,
      headings.to,
      textArray(headings.all),
      intArray(chunks.map((chunk) => chunk.tokens)),
    ],
  );
}

export const scope = { chunk: 0, document: 1, both: 2 } as const;
type Scope = (typeof scope)[keyof typeof scope];

/** A text as it is found by its words, and by its vector. `terms`: of what is a chunk. */
export type NewSearchRow = {
  chunkId: string;
  scope: Scope;
  lexical: Map<number, number>;
  terms: ChunkTerms | null;
};
export type NewVector = { chunkId: string; scope: Scope; embedding: ArrayLike<number> };

/** `facet`: who may find the document; null while it is not published. */
type Placed = { documentId: string; facet: number | null };

/** Takes the documents' old versions out of the index: with what is written after it in one transaction, nobody sees neither or both. */
export async function deleteFromIndex(tx: Db, workspaceId: string, documentIds: string[]): Promise<void> {
  await tx.query('delete from search_rows where document_id = any($2::uuid[]) and workspace_id = $1', [
    workspaceId,
    documentIds,
  ]);
  await tx.query('delete from search_vectors where document_id = any($2::uuid[]) and workspace_id = $1', [
    workspaceId,
    documentIds,
  ]);
}

/** The facets of all of them, each looked up once. */
export async function facetsFor(
  tx: Db,
  workspaceId: string,
  documents: { documentId: string; audience: string; locale: string; published: boolean }[],
): Promise<Map<string, number | null>> {
  const keys = new Map<string, number>();
  const facets = new Map<string, number | null>();
  for (const { documentId, audience, locale, published } of documents) {
    const name = `${audience} ${locale}`;
    const key = published ? (keys.get(name) ?? (await findOrMakeFacet(tx, workspaceId, audience, locale))) : null;
    if (key !== null) keys.set(name, key);
    facets.set(documentId, key);
  }
  return facets;
}

/** One statement, however many rows of however many documents. */
export async function insertSearchRows(tx: Db, workspaceId: string, rows: (NewSearchRow & Placed)[]): Promise<void> {
  const { sparsevec } = await vectorOids(tx);
  await tx.query(
    `insert into search_rows (document_id, chunk_id, scope, workspace_id, facet, lexical, terms, context_terms)
     select r.document_id, r.chunk_id, r.scope, $1, r.facet, r.lexical, r.terms, r.context
     from unnest($2::uuid[], $3::uuid[], $4::int[], $5::int[], $6::sparsevec[], $7::bytea[], $8::bytea[])
       r (document_id, chunk_id, scope, facet, lexical, terms, context)`,
    [
      workspaceId,
      uuidArray(rows.map((row) => row.documentId)),
      uuidArray(rows.map((row) => row.chunkId)),
      intArray(rows.map((row) => row.scope)),
      // only what stands for a document is looked up by its facet
      intArray(rows.map(({ scope: of, facet }) => (of === scope.chunk ? null : facet))),
      arrayBytes(
        sparsevec,
        rows.map((row) => sparseBytes(row.lexical)),
      ),
      termsArray(rows.map(({ terms }) => terms?.own)),
      termsArray(rows.map(({ terms }) => terms?.context)),
    ],
  );
}

/** The same of vectors. Where the space has a vector index they are to enter it later: until then they are scored one by one. */
export async function insertVectors(
  tx: Db,
  workspaceId: string,
  space: Pick<Space, 'key'>,
  vectors: (NewVector & Placed)[],
): Promise<void> {
  const { halfvec } = await vectorOids(tx);
  await tx.query(
    `insert into search_vectors (document_id, chunk_id, scope, space_key, workspace_id, facet, indexed, embedding)
     select r.document_id, r.chunk_id, r.scope, $2, $1, r.facet, (select to_regclass($3) is null), r.embedding
     from unnest($4::uuid[], $5::uuid[], $6::int[], $7::int[], $8::halfvec[]) r (document_id, chunk_id, scope, facet, embedding)`,
    [
      workspaceId,
      space.key,
      vectorIndexName(space.key),
      uuidArray(vectors.map((row) => row.documentId)),
      uuidArray(vectors.map((row) => row.chunkId)),
      intArray(vectors.map((row) => row.scope)),
      intArray(vectors.map((row) => row.facet)),
      arrayBytes(
        halfvec,
        vectors.map((row) => denseBytes(row.embedding)),
      ),
    ],
  );
}
