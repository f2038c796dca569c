import type { Audience } from '../../protocol/common.ts';
import type { Db } from '../db/pool.ts';
import { uuidArray } from './array-bytes.ts';
import { bytesToTerms, denseBytes, sparseBytes } from './vector-bytes.ts';

/** The stems of a chunk in their order, and those of the title and the headings above it. */
export type ChunkTerms = { own: Int32Array; context: Int32Array };

/** A chunk with its own scores and what a close look needs; `semantic` is null where it has no vector, or the question has none. */
export type ScoredChunk = {
  chunkId: string;
  documentId: string;
  lexical: number;
  semantic: number | null;
  terms: ChunkTerms;
};

/** What is shown of a chunk. */
export type FoundChunk = {
  chunkId: string;
  documentId: string;
  externalId: string | null;
  title: string;
  url: string | null;
  headingPath: string[];
  text: string;
};

const chunksPerDocument = 3;

type Row = Omit<ScoredChunk, 'terms'> & { own: string; context: string };

/**
 * The best chunks of each of these documents, as they are at this moment. `lexicalMax`: the best lexical score of a document; those of
 * chunks are divided by a little more, to be added to cosines. The rows of a document come by the primary keys of search_rows and
 * search_vectors; without `offset 0` each score would be made twice, to order by and to give.
 */
export async function findBestChunks(
  db: Db,
  workspaceId: string,
  documentIds: string[],
  question: {
    weights: ReadonlyMap<number, number>;
    lexicalMax: number;
    meaning: { vector: ArrayLike<number>; spaceKey: number } | null;
  },
): Promise<Map<string, ScoredChunk[]>> {
  if (documentIds.length === 0) return new Map();
  const { weights, lexicalMax, meaning } = question;
  const { rows } = await db.query<Row>({
    name: 'best_chunks',
    text: `select b.chunk_id as "chunkId", wanted.id as "documentId", b.lexical, b.semantic,
       encode(b.terms, 'base64') as own, encode(b.context_terms, 'base64') as context
     from unnest($2::uuid[]) wanted (id)
     cross join lateral (
       select r.chunk_id, r.terms, r.context_terms, scores.lexical, scores.semantic
       from search_rows r
       cross join lateral (select -(r.lexical <#> $3::sparsevec) as lexical, (
         select -(e.embedding <#> $4::halfvec) from search_vectors e where e.document_id = r.document_id
           and e.chunk_id = r.chunk_id and e.scope = r.scope and e.space_key = $5 and e.workspace_id = $1) as semantic offset 0) scores
       where r.document_id = wanted.id and r.workspace_id = $1 and r.scope <> 1
       order by scores.lexical / $6 + coalesce(scores.semantic, 0) desc, r.chunk_id limit ${chunksPerDocument}) b`,
    values: [
      workspaceId,
      uuidArray(documentIds),
      sparseBytes(weights),
      meaning && denseBytes(meaning.vector),
      meaning?.spaceKey ?? null,
      1 + Math.abs(lexicalMax),
    ],
  });
  const found = new Map<string, ScoredChunk[]>();
  for (const { own, context, ...chunk } of rows) {
    const scored = { ...chunk, terms: { own: toTerms(own), context: toTerms(context) } };
    const others = found.get(chunk.documentId);
    if (others) others.push(scored);
    else found.set(chunk.documentId, [scored]);
  }
  return found;
}

/** As base64 they come in two thirds of what pg gets of a bytea, which is its hexadecimal digits. */
const toTerms = (base64: string): Int32Array => bytesToTerms(Buffer.from(base64, 'base64'));

/**
 * What is shown of these chunks, as far as they are live, published and for these audiences at this moment; and which of the documents
 * are not: a document that is in neither has another version by now.
 */
export async function findShown(
  db: Db,
  { workspaceId, audiences }: { workspaceId: string; audiences: Audience[] },
  wanted: Pick<ScoredChunk, 'chunkId' | 'documentId'>[],
): Promise<{ chunks: Map<string, FoundChunk>; withdrawn: Set<string> }> {
  if (wanted.length === 0) return { chunks: new Map(), withdrawn: new Set() };
  const { rows } = await db.query<Omit<FoundChunk, 'chunkId'> & { chunkId: string | null }>({
    name: 'shown_chunks',
    text: `select c.id as "chunkId", d.id as "documentId", d.external_id as "externalId", v.title, d.url,
       c.heading_path as "headingPath", c.text
     from unnest($2::uuid[], $3::uuid[]) wanted (document_id, chunk_id)
     join documents d on d.workspace_id = $1 and d.id = wanted.document_id and d.status = 'published' and d.audience = any($4::text[])
     join document_versions v on v.workspace_id = $1 and v.document_id = d.id and v.version = d.live_version
     left join chunks c on c.workspace_id = $1 and c.id = wanted.chunk_id and c.version = d.live_version`,
    values: [
      workspaceId,
      uuidArray(wanted.map(({ documentId }) => documentId)),
      uuidArray(wanted.map(({ chunkId }) => chunkId)),
      audiences,
    ],
  });
  const chunks = new Map<string, FoundChunk>();
  for (const { chunkId, ...shown } of rows) if (chunkId !== null) chunks.set(chunkId, { chunkId, ...shown });
  const visible = new Set(rows.map(({ documentId }) => documentId));
  const withdrawn = wanted.filter(({ documentId }) => !visible.has(documentId));
  return { chunks, withdrawn: new Set(withdrawn.map(({ documentId }) => documentId)) };
}
