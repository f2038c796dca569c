import type { Audience } from '../../protocol/common.ts';
import type { Db } from '../db/pool.ts';
import { bytesToTerms, denseText, sparseText } from './vector-text.ts';

export type SearchFilter = { workspaceId: string; audiences: Audience[]; locale?: string | undefined };

/** One row of the index with its two scores; `semantic` is null where its vector is of another space. */
export type ScoredRow = {
  documentId: string;
  chunkId: string;
  scope: number;
  lexical: number;
  semantic: number | null;
};

/** How many documents each of the two scores may bring into the choice, and how many of a document's chunks are looked at. */
const documentsPerScore = 100;
const chunksPerDocument = 4;

/** What each row is scored by. `spaceKey`: of the vectors that the question's may be compared with. */
export type Scoring = {
  workspaceId: string;
  facets: number[];
  weights: Map<number, number>;
  vector: number[] | null;
  spaceKey: number | null;
};

// $3 is a vector everywhere: as a text it would be read again for every row
const scores = `-(r.lexical <#> $2::sparsevec) as lexical,
  case when r.space_key = $4 and $3::halfvec is not null then -(r.embedding <#> $3::halfvec) end as semantic`;
/**
 * The filter where another index leads: as a case, the planner takes it for half of the rows and does not look for an index for
 * it. It would read that one too, to cross the two, or believe that hardly a row is left and sort them all.
 */
const passes = (facets: string) =>
  `case when r.published and r.workspace_id = $1 and r.facet = any(${facets}::int[]) then true end`;
const scoreValues = ({ workspaceId, weights, vector, spaceKey }: Scoring) => [
  workspaceId,
  sparseText(weights),
  vector && denseText(vector),
  spaceKey,
];
const columns = 'document_id as "documentId", chunk_id as "chunkId", scope, lexical, semantic';

/**
 * Scores every row of the facets, exactly, and gives the rows of the documents that are best by either score. One scan over
 * search_rows_of_facet: measured 4 ms for 400 rows, 25 ms for 2,000 on the embedded Postgres.
 */
export async function scoreRows(db: Db, scoring: Scoring): Promise<ScoredRow[]> {
  const { rows } = await db.query<ScoredRow>({
    name: 'score_rows',
    text: `with scored as materialized (
       select r.document_id, r.chunk_id, r.scope, ${scores}
       from search_rows r where r.facet = any($5::int[]) and r.workspace_id = $1 and r.published),
     by_document as (
       select document_id, max(lexical) filter (where scope > 0) as lexical, max(semantic) as semantic from scored group by document_id),
     picked as (
       (select document_id from by_document where lexical > 0 order by lexical desc, document_id limit ${documentsPerScore})
       union (select document_id from by_document where semantic is not null order by semantic desc, document_id limit ${documentsPerScore})),
     ranked as (
       select s.*, row_number() over (partition by document_id, scope order by lexical / (1 + abs(max_lexical)) + coalesce(semantic, 0) desc, chunk_id) as place
       from scored s join picked using (document_id), (select max(lexical) as max_lexical from scored) m)
     select ${columns} from ranked where place <= ${chunksPerDocument}`,
    values: [...scoreValues(scoring), scoring.facets],
  });
  return rows;
}

/**
 * The documents that are best by words among those with one of the keys, by search_rows_by_term.
 * About 2 µs for each row with a key.
 */
export async function findByWords(db: Db, scoring: Scoring, keys: number[]): Promise<ScoredRow[]> {
  const { rows } = await db.query<ScoredRow>({
    name: 'find_by_words',
    text: `select document_id as "documentId", chunk_id as "chunkId", scope, ${scores} from (
       select r.document_id, r.chunk_id, r.scope, r.space_key, r.embedding, r.lexical from search_rows r
       where r.keys && $6::int[] and r.scope > 0 and ${passes('$5')}
       order by r.lexical <#> $2::sparsevec limit ${documentsPerScore}) r`,
    values: [...scoreValues(scoring), scoring.facets, keys],
  });
  return rows;
}

/** How far the vector index is followed for each search; measured in docs/scale.md. */
const rowsPerSearch = 50;
const searchWidth = 60;

/**
 * The rows nearest in meaning, by the space's own index; it goes on until enough rows pass the filter. The settings hold for this
 * statement only. The space stands in the text: only so the planner sees that the index serves.
 */
export async function findByMeaning(
  db: Db,
  scoring: Scoring & { spaceKey: number; vector: number[] },
): Promise<ScoredRow[]> {
  const { spaceKey } = scoring;
  const dimensions = scoring.vector.length;
  const { rows } = await db.query<ScoredRow>({
    name: `find_by_meaning_${spaceKey}`,
    text: `select document_id as "documentId", chunk_id as "chunkId", scope, ${scores} from (
       select r.document_id, r.chunk_id, r.scope, r.space_key, r.embedding, r.lexical from search_rows r
       where r.space_key = ${spaceKey} and ${passes('$5')}
         and (select set_config('hnsw.ef_search', '${searchWidth}', true)) is not null
         and (select set_config('hnsw.iterative_scan', 'relaxed_order', true)) is not null
       order by r.embedding::halfvec(${dimensions}) <#> $3::halfvec(${dimensions}) limit ${rowsPerSearch}) r`,
    values: [...scoreValues(scoring), scoring.facets],
  });
  return rows;
}

/** The rows of these documents, scored: the document's own, and its best chunks. */
export async function scoreDocuments(db: Db, scoring: Scoring, documentIds: string[]): Promise<ScoredRow[]> {
  const { rows } = await db.query<ScoredRow>({
    name: 'score_documents',
    text: `select ${columns} from (
       select s.*, row_number() over (partition by document_id, scope order by lexical / (1 + abs(max_lexical)) + coalesce(semantic, 0) desc, chunk_id) as place
       from (select scored.*, max(lexical) over () as max_lexical from (select r.document_id, r.chunk_id, r.scope, ${scores} from search_rows r
             where r.document_id = any($5::uuid[]) and ${passes('$6')}) scored) s) ranked
     where place <= ${chunksPerDocument}`,
    values: [...scoreValues(scoring), documentIds, scoring.facets],
  });
  return rows;
}

/** The stems of a chunk in their order, and those of the title and the headings above it. */
export type ChunkTerms = { own: Int32Array; context: Int32Array };

export async function findChunkTerms(db: Db, workspaceId: string, ids: string[]): Promise<Map<string, ChunkTerms>> {
  const { rows } = await db.query<{ id: string; terms: Buffer; context: Buffer }>({
    name: 'chunk_terms',
    text: 'select id, terms, context_terms as context from chunks where workspace_id = $1 and id = any($2::uuid[])',
    values: [workspaceId, ids],
  });
  return new Map(rows.map((row) => [row.id, { own: bytesToTerms(row.terms), context: bytesToTerms(row.context) }]));
}

export type FoundChunk = {
  chunkId: string;
  documentId: string;
  externalId: string | null;
  title: string;
  url: string | null;
  headingPath: string[];
  text: string;
};

/** What is shown of chunks, as long as they are live, published and for this audience at this moment. */
export async function findLiveChunks(db: Db, filter: SearchFilter, ids: string[]): Promise<Map<string, FoundChunk>> {
  const { rows } = await db.query<FoundChunk>({
    name: 'live_chunks',
    text: `select c.id as "chunkId", d.id as "documentId", d.external_id as "externalId", v.title, d.url,
       c.heading_path as "headingPath", c.text
     from chunks c
     join documents d on d.workspace_id = c.workspace_id and d.id = c.document_id and d.live_version = c.version
     join document_versions v on v.workspace_id = c.workspace_id and v.document_id = c.document_id and v.version = c.version
     where c.workspace_id = $1 and c.id = any($2::uuid[]) and d.status = 'published' and d.audience = any($3::text[])`,
    values: [filter.workspaceId, ids, filter.audiences],
  });
  return new Map(rows.map((row) => [row.chunkId, row]));
}
