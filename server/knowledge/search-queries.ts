import type { Audience } from '../../protocol/common.ts';
import type { Db } from '../db/pool.ts';
import { intArray } from './array-bytes.ts';
import { denseBytes, sparseBytes } from './vector-bytes.ts';

export type SearchFilter = { workspaceId: string; audiences: Audience[]; locale?: string | undefined };

/** A document with its lexical score and its best cosine: null where it has no vector, or the question has none. */
export type ScoredDocument = { documentId: string; lexical: number; semantic: number | null };

/**
 * How a search looks. By words: at all documents behind the filter (`all`), or at those with these numbers, and those that were not in
 * the lists that led to them: with a number from `listedTo` on, or none yet (`found`). By meaning: at all vectors, at those that the
 * space's own index leads to, or at none.
 */
export type Way = {
  words: { kind: 'all' } | { kind: 'found'; numbers: number[]; listedTo: number };
  meaning: { kind: 'all' | 'index'; spaceKey: number; vector: ArrayLike<number> } | { kind: 'none' };
  /** Of the best by each score, as many go on. */
  documentsByWords: number;
  vectorsByMeaning: number;
};

export type Scored = {
  documents: ScoredDocument[];
  /** The lexical scores of the best hundred documents, for the confidence. */
  lexical: number[];
  /** There is an audience or a locale that was not known: a document may have moved there. */
  isOutdated: boolean;
};

const lexicalScores = 100;
/** How far a vector index is followed; measured in docs/scale.md. */
const searchWidth = 80;

/**
 * The filter where another index leads: as a case, the planner takes it for half of the rows and does not look for an index for
 * it. It would read that one too, to cross the two, or believe that hardly a row is left and sort them all.
 */
const passes = 'case when r.workspace_id = $1 and r.facet = any($2::int[]) then true end';

/**
 * All documents of the facets, 1 µs each, by search_rows_of_facet; or those that the lists lead to, some of which may have gone, with
 * those that have come since or wait to enter the lists. The latter are hardly any, which the planner believes of a range with two
 * ends and of an array.
 */
function wordsSql(kind: Way['words']['kind']): string {
  const select = 'select r.document_id, -(r.lexical <#> $3::sparsevec) as lexical';
  const best = `order by lexical desc limit ${lexicalScores}`;
  if (kind === 'all') {
    return `${select} from search_rows r where r.scope > 0 and r.facet = any($2::int[]) and r.workspace_id = $1 ${best}`;
  }
  return `${select} from (
      select document_id from posting_documents where workspace_id = $1 and number = any($7::int[])
      union select unnest(array(select document_id from posting_documents where workspace_id = $1
        and number between $8::int and (select next_number from inverted_indexes where workspace_id = $1)))
      union select unnest(array(select document_id from stats_added where workspace_id = $1))) found
    join search_rows r on r.document_id = found.document_id and r.scope > 0 and ${passes} ${best}`;
}

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

type Row = {
  documentId: string | null;
  lexical: number | null;
  semantic: number | null;
  best: number[] | null;
  isOutdated: boolean | null;
};

/**
 * The documents behind the `facets` that are best by words or by meaning, each scored by both. One statement: a round trip costs as
 * much as scoring a hundred rows. `known`: all facets of the workspace that the search knows.
 */
export async function findScored(
  db: Db,
  workspaceId: string,
  { facets, known }: { facets: number[]; known: number[] },
  weights: ReadonlyMap<number, number>,
  way: Way,
): Promise<Scored> {
  const { words, meaning, documentsByWords, vectorsByMeaning } = way;
  const index = meaning.kind === 'index' ? `_${meaning.spaceKey}` : '';
  const { rows } = await db.query<Row>({
    name: `scored_${words.kind}_${meaning.kind}${index}_${documentsByWords}_${vectorsByMeaning}`,
    text: `with by_words as materialized (${wordsSql(words.kind)}),
     by_meaning as materialized (${meaningSql(meaning, vectorsByMeaning)}),
     best_by_words as (
       select document_id, lexical from by_words where lexical > 0 order by lexical desc, document_id limit ${documentsByWords}),
     best_by_meaning as (select document_id, max(semantic) as semantic from by_meaning group by document_id)
     select document_id as "documentId",
       coalesce(w.lexical, (select -(r.lexical <#> $3::sparsevec) from search_rows r
         where r.document_id = m.document_id and r.workspace_id = $1 and r.scope > 0)) as lexical,
       coalesce(m.semantic, (select max(-(r.embedding <#> $4::halfvec)) from search_vectors r
         where r.document_id = w.document_id and r.workspace_id = $1 and r.space_key = $5)) as semantic,
       null::float8[] as best, null::bool as "isOutdated"
     from best_by_words w full join best_by_meaning m using (document_id)
     union all select null, null, null, array_agg(lexical),
       exists (select from search_facets where workspace_id = $1 and key <> all($6::int[]))
     from by_words where lexical > 0`,
    values: [
      workspaceId,
      facets,
      sparseBytes(weights),
      meaning.kind === 'none' ? null : denseBytes(meaning.vector),
      meaning.kind === 'none' ? null : meaning.spaceKey,
      known,
      ...(words.kind === 'found' ? [intArray(words.numbers), words.listedTo] : []),
    ],
  });
  return {
    documents: rows.flatMap(({ documentId, lexical, semantic }) =>
      documentId === null ? [] : [{ documentId, lexical: lexical ?? 0, semantic }],
    ),
    lexical: rows.find(({ best }) => best !== null)?.best ?? [],
    isOutdated: rows.some(({ isOutdated }) => isOutdated === true),
  };
}
