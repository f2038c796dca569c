import type { Audience } from '../../protocol/common.ts';
import type { Db } from '../db/pool.ts';
import { denseBytes, sparseBytes } from './vector-bytes.ts';

export type SearchFilter = { workspaceId: string; audiences: Audience[]; locale?: string | undefined };

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

/**
 * How a search looks. By words: all documents behind the filter (`all`), or those with one of the keys. By meaning: all vectors,
 * those that the space's own index leads to, or none.
 */
export type Way = {
  words: { kind: 'all' } | { kind: 'keys'; keys: number[] };
  meaning: { kind: 'all' | 'index'; spaceKey: number; vector: ArrayLike<number> } | { kind: 'none' };
  /** Of the best by each score, as many go on. */
  documentsByWords: number;
  vectorsByMeaning: number;
};

export type Scored = {
  rows: ScoredRow[];
  /** The lexical scores of the best hundred documents, for the confidence. */
  lexical: number[];
};

const lexicalScores = 100;
const chunksPerDocument = 3;
/** How far a vector index is followed; measured in docs/scale.md. */
const searchWidth = 200;

/**
 * The filter where another index leads: as a case, the planner takes it for half of the rows and does not look for an index for
 * it. It would read that one too, to cross the two, or believe that hardly a row is left and sort them all.
 */
const passes = 'case when r.workspace_id = $1 and r.facet = any($2::int[]) then true end';

/**
 * 1 µs a document over search_rows_of_facet, or about 2 µs for each with one of the keys over search_rows_by_term. The keys stand in
 * a select: were they seen, the planner would take many of them for most of the table.
 */
const wordsSql = (kind: Way['words']['kind']) =>
  `select r.document_id, -(r.lexical <#> $3::sparsevec) as lexical from search_rows r
   where r.scope > 0 and ${kind === 'keys' ? `r.keys && (select $6::int[]) and ${passes}` : 'r.facet = any($2::int[]) and r.workspace_id = $1'}
   order by r.lexical <#> $3::sparsevec limit ${lexicalScores}`;

/**
 * All vectors of the facets; or the nearest by the space's index, which goes on until enough rows pass the filter, with those that
 * are not in it yet. The settings hold for this statement only. The space stands in the text: only so the planner sees that the
 * index serves.
 */
function meaningSql(meaning: Way['meaning'], limit: number): string {
  if (meaning.kind === 'none') return 'select null::uuid as document_id, null::float8 as semantic where false';
  const { kind, spaceKey, vector } = meaning;
  const select = 'select r.document_id, -(r.embedding <#> $4::halfvec) as semantic from search_vectors r';
  const nearest = `order by r.embedding <#> $4::halfvec limit ${limit}`;
  if (kind === 'all')
    return `${select} where r.facet = any($2::int[]) and r.space_key = $5 and r.workspace_id = $1 ${nearest}`;
  return `select document_id, semantic from (
      (${select} where r.space_key = ${spaceKey} and r.indexed and ${passes}
         and (select set_config('hnsw.ef_search', '${searchWidth}', true)) is not null
         and (select set_config('hnsw.iterative_scan', 'relaxed_order', true)) is not null
       order by r.embedding::halfvec(${vector.length}) <#> $4::halfvec(${vector.length}) limit ${limit})
      union all (${select} where r.space_key = ${spaceKey} and not r.indexed and ${passes} ${nearest})) both_kinds
    order by semantic desc limit ${limit}`;
}

type Row = Omit<ScoredRow, 'terms'> & { own: string | null; context: string | null; best: number[] | null };

/**
 * The documents that are best by words or by meaning, each with its own row and its best chunks, scored by both, with what a close
 * look needs. One statement: a round trip costs as much as scoring a hundred rows.
 */
export async function findScored(
  db: Db,
  workspaceId: string,
  facets: number[],
  weights: ReadonlyMap<number, number>,
  way: Way,
): Promise<Scored> {
  const { words, meaning, documentsByWords, vectorsByMeaning } = way;
  const index = meaning.kind === 'index' ? `_${meaning.spaceKey}` : '';
  const { rows } = await db.query<Row>({
    name: `scored_${words.kind}_${meaning.kind}${index}_${documentsByWords}_${vectorsByMeaning}`,
    text: `with by_words as materialized (${wordsSql(words.kind)}),
     by_meaning as materialized (${meaningSql(meaning, vectorsByMeaning)}),
     picked as (
       (select document_id from by_words where lexical > 0 order by lexical desc, document_id limit ${documentsByWords})
       union select document_id from by_meaning),
     words as materialized (
       select r.document_id, r.chunk_id, r.scope, -(r.lexical <#> $3::sparsevec) as lexical, r.terms, r.context_terms
       from picked join search_rows r on r.document_id = picked.document_id and r.workspace_id = $1),
     meaning as materialized (
       select r.document_id, r.chunk_id, r.scope, -(r.embedding <#> $4::halfvec) as semantic
       from picked join search_vectors r on r.document_id = picked.document_id and r.workspace_id = $1 and r.space_key = $5),
     ranked as (
       select w.*, m.semantic, row_number() over (partition by document_id, scope
         order by lexical / (1 + abs((select max(lexical) from words))) + coalesce(semantic, 0) desc, chunk_id) as place
       from words w left join meaning m using (document_id, chunk_id, scope))
     select document_id as "documentId", chunk_id as "chunkId", scope, lexical, semantic,
       encode(terms, 'base64') as own, encode(context_terms, 'base64') as context, null::float8[] as best
     from ranked where place <= ${chunksPerDocument}
     union all select null, null, null, null, null, null, null, array_agg(lexical) from by_words where lexical > 0`,
    values: [
      workspaceId,
      facets,
      sparseBytes(weights),
      meaning.kind === 'none' ? null : denseBytes(meaning.vector),
      meaning.kind === 'none' ? null : meaning.spaceKey,
      ...(words.kind === 'keys' ? [words.keys] : []),
    ],
  });
  return {
    rows: rows.flatMap(({ own, context, best, ...row }) =>
      best === null && row.documentId ? [toScored(row, own, context)] : [],
    ),
    lexical: rows.find(({ best }) => best !== null)?.best ?? [],
  };
}

const toScored = (row: Omit<ScoredRow, 'terms'>, own: string | null, context: string | null): ScoredRow => ({
  ...row,
  terms: own === null || context === null ? null : { own: toTerms(own), context: toTerms(context) },
});

function toTerms(base64: string): Int32Array {
  const bytes = Buffer.from(base64, 'base64');
  const isAligned = bytes.byteOffset % 4 === 0;
  return isAligned
    ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    : new Int32Array(Uint8Array.from(bytes).buffer);
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
