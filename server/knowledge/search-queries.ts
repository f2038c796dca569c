import type { Audience } from '../../protocol/common.ts';
import type { Db } from '../db/pool.ts';
import { bytesToTerms, denseBytes, sparseBytes } from './vector-bytes.ts';

export type SearchFilter = { workspaceId: string; audiences: Audience[]; locale?: string | undefined };

/** What every row is scored by: the question's words, the facets that may be found, and its vector with the space that it is of. */
export type Scoring = { workspaceId: string; facets: number[]; words: Buffer; meaning: Meaning | null };
export type Meaning = { vector: Buffer; spaceKey: number; dimensions: number; hasIndex: boolean };

export const toScoring = (
  workspaceId: string,
  facets: number[],
  weights: ReadonlyMap<number, number>,
  meaning: { vector: ArrayLike<number>; spaceKey: number; hasIndex: boolean } | null,
): Scoring => ({
  workspaceId,
  facets,
  words: sparseBytes(weights),
  meaning: meaning && { ...meaning, vector: denseBytes(meaning.vector), dimensions: meaning.vector.length },
});

/** A document by its words, all of them together. */
export type ByWords = { documentId: string; lexical: number };
/** A chunk or a document by its vector. */
export type ByMeaning = { documentId: string; semantic: number };

/** How many documents by words and how many vectors are asked for: the confidence looks at the hundred best by words. */
const documentsByWords = 100;
const vectorsByMeaning = 50;
/** How far a vector index is followed; measured in docs/scale.md. */
const searchWidth = 60;

/**
 * The filter where another index leads: as a case, the planner takes it for half of the rows and does not look for an index for
 * it. It would read that one too, to cross the two, or believe that hardly a row is left and sort them all.
 */
const passes = (workspace: string, facets: string) =>
  `case when r.workspace_id = ${workspace} and r.facet = any(${facets}::int[]) then true end`;

/** The documents that are best by words, all of them scored: 1 µs for each, over search_rows_of_facet. */
export async function scoreWords(db: Db, { workspaceId, facets, words }: Scoring): Promise<ByWords[]> {
  const { rows } = await db.query<ByWords>({
    name: 'score_words',
    text: `select document_id as "documentId", lexical from (
       select r.document_id, -(r.lexical <#> $3::sparsevec) as lexical from search_rows r
       where r.scope > 0 and r.facet = any($2::int[]) and r.workspace_id = $1) scored
     where lexical > 0 order by lexical desc, document_id limit ${documentsByWords}`,
    values: [workspaceId, facets, words],
  });
  return rows;
}

/** The documents that are best by words among those with one of the keys, by search_rows_by_term: about 2 µs for each of those. */
export async function findByWords(db: Db, { workspaceId, facets, words }: Scoring, keys: number[]): Promise<ByWords[]> {
  const { rows } = await db.query<ByWords>({
    name: 'find_by_words',
    text: `select r.document_id as "documentId", -(r.lexical <#> $3::sparsevec) as lexical from search_rows r
     where r.keys && $4::int[] and r.scope > 0 and ${passes('$1', '$2')}
     order by r.lexical <#> $3::sparsevec limit ${documentsByWords}`,
    values: [workspaceId, facets, words, keys],
  });
  return rows;
}

/** The nearest vectors, all of them scored, over search_vectors_of_facet. */
export async function scoreMeaning(db: Db, { workspaceId, facets }: Scoring, meaning: Meaning): Promise<ByMeaning[]> {
  const { rows } = await db.query<ByMeaning>({
    name: 'score_meaning',
    text: `select r.document_id as "documentId", -(r.embedding <#> $4::halfvec) as semantic from search_vectors r
     where r.facet = any($2::int[]) and r.space_key = $3 and r.workspace_id = $1
     order by r.embedding <#> $4::halfvec limit ${vectorsByMeaning}`,
    values: [workspaceId, facets, meaning.spaceKey, meaning.vector],
  });
  return rows;
}

/**
 * The nearest vectors by the space's own index, which goes on until enough rows pass the filter, and among those that are not in
 * it yet. The settings hold for this statement only. The space stands in the text: only so the planner sees that the index serves.
 */
export async function findByMeaning(
  db: Db,
  { workspaceId, facets }: Scoring,
  { vector, spaceKey, dimensions }: Meaning,
): Promise<ByMeaning[]> {
  const columns = `r.document_id, -(r.embedding <#> $3::halfvec) as semantic`;
  const { rows } = await db.query<ByMeaning>({
    name: `find_by_meaning_${spaceKey}`,
    text: `select document_id as "documentId", semantic from (
       (select ${columns} from search_vectors r
        where r.space_key = ${spaceKey} and r.indexed and ${passes('$1', '$2')}
          and (select set_config('hnsw.ef_search', '${searchWidth}', true)) is not null
          and (select set_config('hnsw.iterative_scan', 'relaxed_order', true)) is not null
        order by r.embedding::halfvec(${dimensions}) <#> $3::halfvec(${dimensions}) limit ${vectorsByMeaning})
       union all
       (select ${columns} from search_vectors r where r.space_key = ${spaceKey} and not r.indexed and ${passes('$1', '$2')}
        order by r.embedding <#> $3::halfvec limit ${vectorsByMeaning})) both_kinds
     order by semantic desc limit ${vectorsByMeaning}`,
    values: [workspaceId, facets, vector],
  });
  return rows;
}

/** The stems of a chunk in their order, and those of the title and the headings above it. */
export type ChunkTerms = { own: Int32Array; context: Int32Array };

/** A row of a document with its scores; `semantic` is null without a vector. What is a chunk brings its terms. */
export type ScoredRow = {
  documentId: string;
  chunkId: string;
  scope: number;
  lexical: number;
  semantic: number | null;
  terms: ChunkTerms | null;
};

const chunksPerDocument = 4;

/** The documents' own rows, and of each the best chunks, with what a close look needs. By the primary keys. */
export async function scoreDocuments(db: Db, scoring: Scoring, documentIds: string[]): Promise<ScoredRow[]> {
  const { workspaceId, words, meaning } = scoring;
  type Row = Omit<ScoredRow, 'terms'> & { own: Buffer | null; context: Buffer | null };
  const { rows } = await db.query<Row>({
    name: 'score_documents',
    text: `with scored as materialized (
       select r.document_id, r.chunk_id, r.scope, -(r.lexical <#> $3::sparsevec) as lexical, -(v.embedding <#> $5::halfvec) as semantic
       from unnest($2::uuid[]) w (document_id)
       join search_rows r on r.document_id = w.document_id and r.workspace_id = $1
       left join search_vectors v on v.document_id = r.document_id and v.chunk_id = r.chunk_id and v.scope = r.scope
         and v.space_key = $4 and v.workspace_id = $1)
     select s.document_id as "documentId", s.chunk_id as "chunkId", s.scope, s.lexical, s.semantic, c.terms as own, c.context_terms as context
     from (select scored.*, row_number() over (partition by document_id, scope
             order by lexical / (1 + abs((select max(lexical) from scored))) + coalesce(semantic, 0) desc, chunk_id) as place
           from scored) s
     left join chunks c on s.scope <> 1 and c.workspace_id = $1 and c.id = s.chunk_id
     where s.place <= ${chunksPerDocument}`,
    values: [workspaceId, documentIds, words, meaning?.spaceKey ?? null, meaning?.vector ?? null],
  });
  return rows.map(({ own, context, ...row }) => ({
    ...row,
    terms: own && context && { own: bytesToTerms(own), context: bytesToTerms(context) },
  }));
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
