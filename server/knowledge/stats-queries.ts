import type { Db } from '../db/pool.ts';
import { countFacets } from './facet-queries.ts';
import type { TermCount, Tier } from './term-keys.ts';

/** What a document adds to the statistics of its workspace: its distinct stems and words, and how long it is. */
export type DocumentTerms = {
  language: string;
  terms: number[];
  /** How much each of the terms weighs in the whole document. */
  tiers: Tier[];
  words: string[];
  titleLength: number;
  bodyLength: number;
};

/** Takes the document's live version out of the statistics, in the transaction that removes or replaces it. */
export async function forgetTerms(db: Db, workspaceId: string, documentId: string): Promise<void> {
  await db.query(
    `with gone as (delete from document_terms where workspace_id = $1 and document_id = $2 returning *)
     insert into stats_deltas (workspace_id, change, language, terms, words, title_length, body_length, tiers)
     select workspace_id, -1, language, terms, words, title_length, body_length, tiers from gone`,
    [workspaceId, documentId],
  );
}

/** Counts the document's new live version, after forgetTerms. */
export async function addTerms(db: Db, workspaceId: string, documentId: string, own: DocumentTerms): Promise<void> {
  await db.query(
    `with added as (
       insert into document_terms (workspace_id, document_id, language, terms, words, title_length, body_length, tiers)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning *)
     insert into stats_deltas (workspace_id, change, language, terms, words, title_length, body_length, tiers)
     select workspace_id, 1, language, terms, words, title_length, body_length, tiers from added`,
    [workspaceId, documentId, own.language, own.terms, own.words, own.titleLength, own.bodyLength, own.tiers],
  );
}

/**
 * Adds the waiting changes up, and counts the rows behind each filter. The lock keeps two folds from waiting for each other's rows crosswise; deltas that are written
 * meanwhile wait for the next one. Must run in a transaction of its own.
 */
export async function foldStats(tx: Db, workspaceId: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 7))', [workspaceId]);
  await tx.query(
    `with taken as (delete from stats_deltas where workspace_id = $1 returning *),
     by_term as (
       insert into term_stats as s (workspace_id, term, documents, tier1, tier2, tier3)
       select $1, term, sum(change), coalesce(sum(change) filter (where tier = 1), 0), coalesce(sum(change) filter (where tier = 2), 0),
         coalesce(sum(change) filter (where tier = 3), 0)
       from taken, unnest(terms, tiers) t (term, tier) group by term having sum(change) <> 0 or count(distinct tier) > 1
       on conflict (workspace_id, term) do update set documents = s.documents + excluded.documents,
         tier1 = s.tier1 + excluded.tier1, tier2 = s.tier2 + excluded.tier2, tier3 = s.tier3 + excluded.tier3),
     by_word as (
       insert into word_stats as s (workspace_id, word, documents)
       select $1, word, sum(change) from taken, unnest(words) word group by word having sum(change) <> 0
       on conflict (workspace_id, word) do update set documents = s.documents + excluded.documents)
     insert into language_stats as s (workspace_id, language, documents, title_length, body_length)
     select $1, language, sum(change), sum(change * title_length), sum(change * body_length) from taken group by language
     on conflict (workspace_id, language) do update set documents = s.documents + excluded.documents,
       title_length = s.title_length + excluded.title_length, body_length = s.body_length + excluded.body_length`,
    [workspaceId],
  );
  await countFacets(tx, workspaceId);
}

export async function countDeltas(db: Db, workspaceId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::int as count from stats_deltas where workspace_id = $1',
    [workspaceId],
  );
  return rows[0]?.count ?? 0;
}

/** In how many documents each term occurs and how heavily; terms that occur nowhere are left out. */
export async function findTermCounts(db: Db, workspaceId: string, terms: number[]): Promise<Map<number, TermCount>> {
  const { rows } = await db.query<{ term: number; documents: number; tier1: number; tier2: number; tier3: number }>({
    name: 'term_counts',
    text: `select term, sum(documents)::int as documents, sum(tier1)::int as tier1, sum(tier2)::int as tier2, sum(tier3)::int as tier3
     from (select term, documents, tier1, tier2, tier3 from term_stats where workspace_id = $1 and term = any($2::int[])
           union all select t.term, d.change, case when tier = 1 then change else 0 end, case when tier = 2 then change else 0 end,
               case when tier = 3 then change else 0 end
             from stats_deltas d, unnest(d.terms, d.tiers) t (term, tier)
             where d.workspace_id = $1 and d.terms && $2::int[] and t.term = any($2::int[])) both_kinds
     group by term having sum(documents) > 0`,
    values: [workspaceId, terms],
  });
  return new Map(
    rows.map(({ term, documents, tier1, tier2, tier3 }) => [
      term,
      { documents, tiers: { 0: documents - tier1 - tier2 - tier3, 1: tier1, 2: tier2, 3: tier3 } },
    ]),
  );
}

export async function findWordCounts(db: Db, workspaceId: string, words: string[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ word: string; documents: number }>({
    name: 'word_counts',
    text: `select word, sum(documents)::int as documents
     from (select word, documents from word_stats where workspace_id = $1 and word = any($2::text[])
           union all select t.word, d.change from stats_deltas d, unnest(d.words) t (word)
             where d.workspace_id = $1 and d.words && $2::text[] and t.word = any($2::text[])) both_kinds
     group by word having sum(documents) > 0`,
    values: [workspaceId, words],
  });
  return new Map(rows.map((row) => [row.word, row.documents]));
}
