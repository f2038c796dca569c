import type { Db } from '../db/pool.ts';
import type { AverageLengths } from './bm25f.ts';

/** What a document adds to the statistics of its workspace: its distinct stems and words, and how long it is. */
export type DocumentTerms = {
  language: string;
  terms: number[];
  words: string[];
  titleLength: number;
  bodyLength: number;
};

/** A workspace of a few documents has no average yet; these are worth ten documents. */
const usualLengths: AverageLengths = { title: 5, body: 160 };
const usualLengthsWorth = 10;

/** Takes the document's live version out of the statistics, in the transaction that removes or replaces it. */
export async function forgetTerms(db: Db, workspaceId: string, documentId: string): Promise<void> {
  await db.query(
    `with gone as (delete from document_terms where workspace_id = $1 and document_id = $2 returning *)
     insert into stats_deltas (workspace_id, change, language, terms, words, title_length, body_length)
     select workspace_id, -1, language, terms, words, title_length, body_length from gone`,
    [workspaceId, documentId],
  );
}

/** Counts the document's new live version, after forgetTerms. */
export async function addTerms(db: Db, workspaceId: string, documentId: string, own: DocumentTerms): Promise<void> {
  await db.query(
    `with added as (
       insert into document_terms (workspace_id, document_id, language, terms, words, title_length, body_length)
       values ($1, $2, $3, $4, $5, $6, $7) returning *)
     insert into stats_deltas (workspace_id, change, language, terms, words, title_length, body_length)
     select workspace_id, 1, language, terms, words, title_length, body_length from added`,
    [workspaceId, documentId, own.language, own.terms, own.words, own.titleLength, own.bodyLength],
  );
}

/**
 * Adds the waiting changes up. The lock keeps two folds from waiting for each other's rows crosswise; deltas that are written
 * meanwhile wait for the next one. Must run in a transaction of its own.
 */
export async function foldStats(tx: Db, workspaceId: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 7))', [workspaceId]);
  await tx.query(
    `with taken as (delete from stats_deltas where workspace_id = $1 returning *),
     by_term as (
       insert into term_stats as s (workspace_id, term, documents)
       select $1, term, sum(change) from taken, unnest(terms) term group by term having sum(change) <> 0
       on conflict (workspace_id, term) do update set documents = s.documents + excluded.documents),
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
}

export async function countDeltas(db: Db, workspaceId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::int as count from stats_deltas where workspace_id = $1',
    [workspaceId],
  );
  return rows[0]?.count ?? 0;
}

export type Corpus = { documents: number; languages: string[]; average: AverageLengths };

/** How many live documents there are, in which languages, and how long they are. */
export async function findCorpus(db: Db, workspaceId: string): Promise<Corpus> {
  const { rows } = await db.query<{ language: string; documents: number; title: number; body: number }>(
    `select language, sum(documents)::int as documents, sum(title_length)::float8 as title, sum(body_length)::float8 as body
     from (select language, documents, title_length, body_length from language_stats where workspace_id = $1
           union all select language, change, change * title_length, change * body_length from stats_deltas where workspace_id = $1) both_kinds
     group by language having sum(documents) > 0 order by sum(documents) desc, language`,
    [workspaceId],
  );
  const sum = (of: 'documents' | 'title' | 'body') => rows.reduce((total, row) => total + row[of], 0);
  const documents = sum('documents');
  const averageOf = (of: 'title' | 'body') =>
    (sum(of) + usualLengths[of] * usualLengthsWorth) / (documents + usualLengthsWorth);
  return {
    documents,
    languages: rows.map((row) => row.language),
    average: { title: averageOf('title'), body: averageOf('body') },
  };
}

/** In how many documents each term occurs; terms that occur nowhere are left out. */
export async function findTermCounts(db: Db, workspaceId: string, terms: number[]): Promise<Map<number, number>> {
  const { rows } = await db.query<{ term: number; documents: number }>(
    `select term, sum(documents)::int as documents
     from (select term, documents from term_stats where workspace_id = $1 and term = any($2::int[])
           union all select t.term, d.change from stats_deltas d, unnest(d.terms) t (term)
             where d.workspace_id = $1 and d.terms && $2::int[] and t.term = any($2::int[])) both_kinds
     group by term having sum(documents) > 0`,
    [workspaceId, terms],
  );
  return new Map(rows.map((row) => [row.term, row.documents]));
}

export async function findWordCounts(db: Db, workspaceId: string, words: string[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ word: string; documents: number }>(
    `select word, sum(documents)::int as documents
     from (select word, documents from word_stats where workspace_id = $1 and word = any($2::text[])
           union all select t.word, d.change from stats_deltas d, unnest(d.words) t (word)
             where d.workspace_id = $1 and d.words && $2::text[] and t.word = any($2::text[])) both_kinds
     group by word having sum(documents) > 0`,
    [workspaceId, words],
  );
  return new Map(rows.map((row) => [row.word, row.documents]));
}
