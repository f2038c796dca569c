import type { Db } from '../db/pool.ts';
import { intArray } from './array-bytes.ts';
import { lockStats } from './lock-stats.ts';
import { documentsPerBlock, type PostingBlock, type PostingList, type Tier } from './postings.ts';

/**
 * `from`: with fewer documents, a search scores all of them. `goneMin`: lists are made anew when as many documents have gone from
 * them, and half as many as there are.
 */
const usual = { from: 1_000, goneMin: 1_000 };
const goneShareMax = 0.5;

type BlockRow = { term: number | null; tier: Tier; block: number; numbers: string; waiting: string[] | null };

/**
 * The lists, and in the same moment the documents that wait to enter them: every live document is in the lists of its terms or
 * among those.
 */
export async function findPostings(
  db: Db,
  workspaceId: string,
  lists: PostingList[],
): Promise<{ blocks: PostingBlock[]; waiting: string[] }> {
  const { rows } = await db.query<BlockRow>({
    name: 'postings',
    text: `select p.term, p.tier, p.block, encode(p.numbers, 'base64') as numbers, null::text[] as waiting
     from unnest($2::int[], $3::int[]) l (term, tier)
     join postings p on p.workspace_id = $1 and p.term = l.term and p.tier = l.tier
     union all select null, null, null, null, array(select document_id::text from stats_added where workspace_id = $1)`,
    values: [workspaceId, intArray(lists.map(({ term }) => term)), intArray(lists.map(({ tier }) => tier))],
  });
  const blocks = rows.flatMap(({ term, tier, block, numbers }) =>
    term === null ? [] : [{ term, tier, block, numbers: Buffer.from(numbers, 'base64') }],
  );
  return { blocks, waiting: rows.find(({ term }) => term === null)?.waiting ?? [] };
}

/**
 * What a fold of the statistics does with the documents it has `taken`, as further parts of its statement: gives them numbers and
 * enters those into the lists, where the workspace has lists.
 */
export const enterTakenSql = `
  counted as (
    update inverted_indexes set next_number = next_number + (select count(*) from taken), gone = gone + (select count(*) from gone)
    where workspace_id = $1 returning next_number - (select count(*) from taken)::int as first),
  numbered as (
    insert into posting_documents (workspace_id, number, document_id)
    select $1, first + row_number() over (order by document_id) - 1, document_id from taken, counted
    returning number, document_id),
  entered as (${enterSql('numbered n join taken d using (document_id)')})`;

function enterSql(documents: string): string {
  return `insert into postings as p (workspace_id, term, tier, block, numbers)
    select $1, t.term, t.tier, n.number / ${documentsPerBlock},
      string_agg(int2send((n.number % ${documentsPerBlock})::int2), ''::bytea order by n.number)
    from ${documents}, unnest(d.terms, d.tiers) t (term, tier) group by t.term, t.tier, n.number / ${documentsPerBlock}
    on conflict (workspace_id, term, tier, block) do update set numbers = p.numbers || excluded.numbers`;
}

/**
 * Makes the lists of a workspace that has come to need them, and makes worn ones anew: half a minute for 100,000 chunks, in which
 * nothing is folded and searches go on with what was there. In a transaction of its own. `ifFree`: nothing is done while somebody else
 * is at it.
 */
export async function keepPostings(
  tx: Db,
  workspaceId: string,
  { from = usual.from, goneMin = usual.goneMin, ifFree = false } = {},
): Promise<void> {
  if (!(await lockStats(tx, workspaceId, ifFree))) return;
  const { rows } = await tx.query<{ documents: number; gone: number | null; next: number | null }>(
    `select s.documents, i.gone, i.next_number as next
     from (select coalesce(sum(documents), 0)::int as documents from language_stats where workspace_id = $1) s
     left join inverted_indexes i on i.workspace_id = $1`,
    [workspaceId],
  );
  const [{ documents, gone, next } = { documents: 0, gone: null, next: null }] = rows;
  if (gone === null ? documents < from : gone <= Math.max(goneMin, documents * goneShareMax)) return;
  await tx.query('delete from posting_documents where workspace_id = $1', [workspaceId]);
  await tx.query('delete from postings where workspace_id = $1', [workspaceId]);
  await tx.query(
    `insert into inverted_indexes (workspace_id, next_number) values ($1, $2)
     on conflict (workspace_id) do update set gone = 0`,
    [workspaceId, next ?? 0],
  );
  while (await enterNext(tx, workspaceId));
}

/** Enters the next documents that have no number; false when all have one. They are locked against being forgotten meanwhile. */
async function enterNext(tx: Db, workspaceId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `with due as materialized (
       select d.document_id, d.terms, d.tiers from document_terms d
       where d.workspace_id = $1
         and not exists (select from posting_documents n where n.workspace_id = $1 and n.document_id = d.document_id)
         and not exists (select from stats_added a where a.workspace_id = $1 and a.document_id = d.document_id)
       limit ${documentsPerBlock} for key share of d),
     counted as (
       update inverted_indexes set next_number = next_number + (select count(*) from due)
       where workspace_id = $1 returning next_number - (select count(*) from due)::int as first),
     numbered as (
       insert into posting_documents (workspace_id, number, document_id)
       select $1, first + row_number() over (order by document_id) - 1, document_id from due, counted
       returning number, document_id),
     entered as (${enterSql('numbered n join due d using (document_id)')})
     select from due limit 1`,
    [workspaceId],
  );
  return rowCount === 1;
}

/** Workspaces that have come to need lists and have none, as after an upgrade. */
export async function listWithoutPostings(db: Db, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select s.workspace_id as id from language_stats s
     where not exists (select from inverted_indexes i where i.workspace_id = s.workspace_id)
     group by s.workspace_id having sum(s.documents) >= ${usual.from} limit $1`,
    [limit],
  );
  return rows.map((row) => row.id);
}
