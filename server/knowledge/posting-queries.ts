import type { Db } from '../db/pool.ts';
import { intArray } from './array-bytes.ts';
import { documentsPerBlock, type PostingBlock, type PostingList } from './postings.ts';

type BlockRow = Omit<PostingBlock, 'entries'> & { entries: string };

/**
 * The lists, in which every live document is that does not wait in stats_added to enter them. By the primary key of postings. As
 * base64 a list comes in two thirds of what pg gets of a bytea, which is its hexadecimal digits.
 */
export async function findPostings(db: Db, workspaceId: string, lists: PostingList[]): Promise<PostingBlock[]> {
  const { rows } = await db.query<BlockRow>({
    name: 'postings',
    text: `select p.term, p.tier, p.block, encode(p.entries, 'base64') as entries
     from unnest($2::int[], $3::int[]) l (term, tier)
     join postings p on p.workspace_id = $1 and p.term = l.term and p.tier = l.tier`,
    values: [workspaceId, intArray(lists.map(({ term }) => term)), intArray(lists.map(({ tier }) => tier))],
  });
  return rows.map((row) => ({ ...row, entries: Buffer.from(row.entries, 'base64') }));
}

/**
 * Gives documents new numbers and enters these into the lists of their terms, where the workspace ($1) has lists: parts of a statement
 * that has the documents as `from` (document_id, terms, grades). Under lockStats. Nothing is joined, and every row is written by its
 * key: a planner whose figures are from before an import takes thousands of documents for a handful, and joined each with each.
 */
export const enterSql = (from: 'taken' | 'due', goneSql: string) => `
  counted as (
    update inverted_indexes set next_number = next_number + (select count(*) from ${from}), gone = gone + ${goneSql}
    where workspace_id = $1 returning next_number - (select count(*) from ${from})::int as first),
  numbered as materialized (
    select first + row_number() over (order by document_id)::int - 1 as number, document_id, terms, grades from ${from}, counted),
  named as (
    insert into posting_documents (workspace_id, number, document_id) select $1, number, document_id from numbered
    on conflict (workspace_id, document_id) do update set number = excluded.number),
  entered as (
    insert into postings as p (workspace_id, term, tier, block, entries)
    select $1, t.term, t.grade / 4, n.number / ${documentsPerBlock},
      string_agg(substring(int4send(n.number % ${documentsPerBlock} * 4 + t.grade % 4) from 3), ''::bytea order by n.number)
    from numbered n, unnest(n.terms, n.grades) t (term, grade)
    group by t.term, t.grade / 4, n.number / ${documentsPerBlock}
    on conflict (workspace_id, term, tier, block) do update set entries = p.entries || excluded.entries)`;

/** What a fold of the statistics does besides, with the documents that it has `taken` and the versions that have `gone`. */
export const enterTakenSql = enterSql('taken', '(select count(*) from gone)');
