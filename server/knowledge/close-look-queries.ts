import type { Db } from '../db/pool.ts';
import type { SearchFilter } from './search-queries.ts';
import { bytesToTerms, denseBytes, sparseBytes } from './vector-bytes.ts';

/** The stems of a chunk in their order, and those of the title and the headings above it. */
export type ChunkTerms = { own: Int32Array; context: Int32Array };

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

/** A chunk with its own scores and what a close look needs; `semantic` is null where it has no vector, or the question has none. */
export type ScoredChunk = { shown: FoundChunk; lexical: number; semantic: number | null; terms: ChunkTerms };

const chunksPerDocument = 3;

type Row = FoundChunk & { lexical: number; semantic: number | null; own: string; context: string };

/**
 * The best chunks of each of these documents, as long as it is live, published and for this audience at this moment: what took the
 * place of a document that was replaced since it was found stands here, and what was withdrawn is missing. `lexicalMax`: the best
 * lexical score of a document; those of chunks are divided by a little more, to be added to cosines. The rows of a document come by
 * the primary keys of search_rows and search_vectors; without `offset 0` each score would be made twice, to order by and to give.
 */
export async function findBestChunks(
  db: Db,
  filter: SearchFilter,
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
    text: `select c.id as "chunkId", d.id as "documentId", d.external_id as "externalId", v.title, d.url,
       c.heading_path as "headingPath", c.text, b.lexical, b.semantic,
       encode(b.terms, 'base64') as own, encode(b.context_terms, 'base64') as context
     from unnest($2::uuid[]) wanted (id)
     join documents d on d.workspace_id = $1 and d.id = wanted.id and d.status = 'published' and d.audience = any($3::text[])
     join document_versions v on v.workspace_id = $1 and v.document_id = d.id and v.version = d.live_version
     cross join lateral (
       select r.chunk_id, r.terms, r.context_terms, scores.lexical, scores.semantic
       from search_rows r
       cross join lateral (select -(r.lexical <#> $4::sparsevec) as lexical, (
         select -(e.embedding <#> $5::halfvec) from search_vectors e where e.document_id = r.document_id
           and e.chunk_id = r.chunk_id and e.scope = r.scope and e.space_key = $6 and e.workspace_id = $1) as semantic offset 0) scores
       where r.document_id = d.id and r.workspace_id = $1 and r.scope <> 1
       order by scores.lexical / $7 + coalesce(scores.semantic, 0) desc, r.chunk_id limit ${chunksPerDocument}) b
     join chunks c on c.workspace_id = $1 and c.id = b.chunk_id and c.version = d.live_version`,
    values: [
      filter.workspaceId,
      documentIds,
      filter.audiences,
      sparseBytes(weights),
      meaning && denseBytes(meaning.vector),
      meaning?.spaceKey ?? null,
      1 + Math.abs(lexicalMax),
    ],
  });
  const found = new Map<string, ScoredChunk[]>(documentIds.map((id) => [id, []]));
  for (const { lexical, semantic, own, context, ...shown } of rows) {
    const terms = { own: toTerms(own), context: toTerms(context) };
    found.get(shown.documentId)?.push({ shown, lexical, semantic, terms });
  }
  return found;
}

/** As base64 they come in two thirds of what pg gets of a bytea, which is its hexadecimal digits. */
const toTerms = (base64: string): Int32Array => bytesToTerms(Buffer.from(base64, 'base64'));
