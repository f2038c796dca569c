import type { Db } from '../db/pool.ts';
import { intArray, listsOf, textArray, uuidArray } from './array-bytes.ts';
import { countFacets } from './facet-queries.ts';
import { lockStats } from './lock-stats.ts';
import { enterTakenSql } from './posting-queries.ts';
import type { TermCount } from './postings.ts';

/** What a document adds to the statistics of its workspace: its distinct stems and words, and how long it is. */
export type DocumentTerms = {
  language: string;
  terms: number[];
  /** How much each of the terms weighs in the whole document, in their order; see weightGrade. */
  grades: number[];
  words: string[];
  titleLength: number;
  bodyLength: number;
  /** The rules that the words were read by. */
  analysis: number;
};

/**
 * Takes the documents' live versions out of the statistics, in the transaction that removes or replaces them. What was never counted
 * needs no taking away.
 */
export async function forgetTerms(db: Db, workspaceId: string, documentIds: string[]): Promise<void> {
  // waits for a fold that is counting one of them just now: only then is it known which have been counted
  const { rows: uncounted } = await db.query<{ id: string }>(
    'delete from stats_added where workspace_id = $1 and document_id = any($2::uuid[]) returning document_id as id',
    [workspaceId, documentIds],
  );
  await db.query(
    `with gone as (delete from document_terms where workspace_id = $1 and document_id = any($2::uuid[]) returning *)
     insert into stats_removed (workspace_id, language, terms, grades, words, title_length, body_length)
     select workspace_id, language, terms, grades, words, title_length, body_length from gone where document_id <> all($3::uuid[])`,
    [workspaceId, documentIds, uncounted.map(({ id }) => id)],
  );
}

/** Counts the documents' new live versions, after forgetTerms. */
export async function addTerms(
  db: Db,
  workspaceId: string,
  documents: { documentId: string; terms: DocumentTerms }[],
): Promise<void> {
  const terms = listsOf(documents.map((document) => document.terms.terms));
  const grades = documents.flatMap((document) => document.terms.grades);
  await db.query(
    `with added as (
       insert into document_terms (workspace_id, document_id, language, terms, grades, words, title_length, body_length, analysis)
       select $1, d.id, d.language, ($9::int[])[d.first:d.last], ($10::int[])[d.first:d.last]::smallint[],
         string_to_array(d.words, ' '), d.title_length, d.body_length, d.analysis
       from unnest($2::uuid[], $3::text[], $4::text[], $5::int[], $6::int[], $7::int[], $8::int[], $11::int[])
         d (id, language, words, title_length, body_length, analysis, first, last)
       returning document_id)
     insert into stats_added (workspace_id, document_id) select $1, document_id from added`,
    [
      workspaceId,
      uuidArray(documents.map(({ documentId }) => documentId)),
      textArray(documents.map((document) => document.terms.language)),
      // letters only, see toDocumentTerms
      textArray(documents.map((document) => document.terms.words.join(' '))),
      intArray(documents.map((document) => document.terms.titleLength)),
      intArray(documents.map((document) => document.terms.bodyLength)),
      intArray(documents.map((document) => document.terms.analysis)),
      terms.from,
      intArray(terms.all),
      intArray(grades),
      terms.to,
    ],
  );
}

/**
 * Adds up what came and went, enters what came into the lists of postings, and counts the rows behind each filter. The lock keeps two
 * folds from waiting for each other's rows crosswise; what is written or forgotten meanwhile waits for the next one. Must run in a
 * transaction of its own. `ifFree`: nothing is done while somebody else is folding.
 *
 * Documents are named one by one, and nothing is joined: a planner whose figures are from before an import takes thousands of them, and
 * all words of the workspace, for a handful, and compared each with each. Every row is written by its key. What is left of a word
 * without one letter is made for new words only; whether it is one is looked up in a subquery, which no planner turns into a join.
 */
export async function foldStats(tx: Db, workspaceId: string, { ifFree = false } = {}): Promise<void> {
  if (!(await lockStats(tx, workspaceId, ifFree))) return;
  const { rows: free } = await tx.query<{ id: string }>(
    'select document_id as id from stats_added where workspace_id = $1 for update skip locked',
    [workspaceId],
  );
  await tx.query(
    `with freed as (delete from stats_added where workspace_id = $1 and document_id = any($2::uuid[])),
     taken as materialized (
       select document_id, language, terms, grades, words, title_length, body_length from document_terms
       where workspace_id = $1 and document_id = any($2::uuid[])),
     gone as (
       delete from stats_removed where workspace_id = $1
       returning language, terms, grades, words, title_length, body_length),
     changes as (
       select 1 as change, language, terms, grades, words, title_length, body_length from taken
       union all select -1, language, terms, grades, words, title_length, body_length from gone),
     ${enterTakenSql},
     by_term as (
       insert into term_stats as s (workspace_id, term, documents, tier1, tier2, tier3)
       select $1, term, sum(change), coalesce(sum(change) filter (where grade / 4 = 1), 0),
         coalesce(sum(change) filter (where grade / 4 = 2), 0), coalesce(sum(change) filter (where grade / 4 = 3), 0)
       from changes, unnest(terms, grades) t (term, grade) group by term having sum(change) <> 0 or min(grade / 4) <> max(grade / 4)
       on conflict (workspace_id, term) do update set documents = s.documents + excluded.documents,
         tier1 = s.tier1 + excluded.tier1, tier2 = s.tier2 + excluded.tier2, tier3 = s.tier3 + excluded.tier3),
     words as (
       select word, sum(change) as change from changes, unnest(words) word group by word having sum(change) <> 0),
     by_word as (
       insert into word_stats as s (workspace_id, word, documents, variants)
       select $1, word, change, case when (select true from word_stats k where k.workspace_id = $1 and k.word = w.word) is null
         then word_variants($1, word) end from words w
       on conflict (workspace_id, word) do update set documents = s.documents + excluded.documents)
     insert into language_stats as s (workspace_id, language, documents, title_length, body_length)
     select $1, language, sum(change), sum(change * title_length), sum(change * body_length) from changes group by language
     on conflict (workspace_id, language) do update set documents = s.documents + excluded.documents,
       title_length = s.title_length + excluded.title_length, body_length = s.body_length + excluded.body_length`,
    [workspaceId, uuidArray(free.map(({ id }) => id))],
  );
  await countFacets(tx, workspaceId);
}

/** Workspaces in which something is still to be added up or taken away. */
export async function listUnfolded(db: Db, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'select workspace_id as id from stats_removed union select workspace_id from stats_added limit $1',
    [limit],
  );
  return rows.map((row) => row.id);
}

/** How many documents' words are still to be added or taken away; counted up to the limit. */
export async function countUnfolded(db: Db, workspaceId: string, limit: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select ((select count(*) from (select from stats_added where workspace_id = $1 limit $2) a)
           + (select count(*) from (select from stats_removed where workspace_id = $1 limit $2) r))::int as count`,
    [workspaceId, limit],
  );
  return rows[0]?.count ?? 0;
}

/** A term, in how many documents it stands, and in how many of them in each of the upper tiers. */
export type CountRow = [term: number, documents: number, tier1: number, tier2: number, tier3: number];

/** Of a workspace ($1) the counts of some terms ($2), as one value: CountRow[] or null. */
export const termCountsSql = `select json_agg(json_build_array(term, documents, tier1, tier2, tier3)) from term_stats
  where workspace_id = $1 and term = any($2::int[]) and documents > 0`;

export const toTermCounts = (rows: CountRow[] | null): Map<number, TermCount> =>
  new Map(
    (rows ?? []).map(([term, documents, tier1, tier2, tier3]) => [
      term,
      { documents, tiers: { 0: documents - tier1 - tier2 - tier3, 1: tier1, 2: tier2, 3: tier3 } },
    ]),
  );

/** In how many documents each term occurs and how heavily; terms that occur nowhere, or are not counted yet, are left out. */
export async function findTermCounts(db: Db, workspaceId: string, terms: number[]): Promise<Map<number, TermCount>> {
  if (terms.length === 0) return new Map();
  const { rows } = await db.query<{ counts: CountRow[] | null }>({
    name: 'term_counts',
    text: `select (${termCountsSql}) as counts`,
    values: [workspaceId, terms],
  });
  return toTermCounts(rows[0]?.counts ?? null);
}

/**
 * For each of the words: those that share what is left when one letter is left out, with how many documents have them. By
 * word_stats_by_variant.
 */
export async function findSimilarWords(
  db: Db,
  workspaceId: string,
  words: string[],
): Promise<{ asked: string; word: string; documents: number }[]> {
  const { rows } = await db.query<{ asked: string; word: string; documents: number }>({
    name: 'similar_words',
    // the rests of a word are made once, not for every word that they are compared with; they tell the workspace already
    text: `select a.asked, s.word, s.documents
     from (select asked, word_variants($1, asked) as variants from unnest($2::text[]) asked offset 0) a
     join word_stats s on s.variants && a.variants where case when s.workspace_id = $1 then s.documents > 0 end`,
    values: [workspaceId, words],
  });
  return rows;
}
