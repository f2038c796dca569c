import type { Db, Pool, PoolClient } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import { lockStats } from './lock-stats.ts';
import { enterSql } from './posting-queries.ts';
import { documentsPerBlock, exactDocumentsMax } from './postings.ts';

/**
 * `documentsMin`: with fewer, a workspace needs no lists, for a search scores all of them. `goneMax`: lists are made anew when more
 * documents than this have gone from them, and more than half as many as there are.
 */
const usual = { documentsMin: exactDocumentsMax, goneMax: 1_000 };
const goneShareMax = 0.5;

/** Documents that enter at once while lists are made: about a second, for which whoever changes one of them waits. */
const documentsAtOnce = 4_096;

type Keeping = { documentsMin: number; goneMax: number; ifFree: boolean };

/**
 * Makes the lists of a workspace that has come to need them, and makes worn ones anew, some documents in each transaction: half a
 * minute for 100,000 chunks, in which folds and changes come between and searches go on with what was there. Where it is cut off, the
 * next call goes on. `ifFree`: nothing is done while somebody else is at it.
 */
export async function keepPostings(
  db: Pool,
  workspaceId: string,
  { documentsMin = usual.documentsMin, goneMax = usual.goneMax, ifFree = false }: Partial<Keeping> = {},
  stopping?: AbortSignal,
): Promise<void> {
  while (
    !stopping?.aborted &&
    (await transaction(db, (tx) => keepNext(tx, workspaceId, { documentsMin, goneMax, ifFree })))
  );
}

/** False when all is done that can be done just now. */
async function keepNext(
  tx: PoolClient,
  workspaceId: string,
  { documentsMin, goneMax, ifFree }: Keeping,
): Promise<boolean> {
  if (!(await lockStats(tx, workspaceId, ifFree))) return false;
  const { rows } = await tx.query<{ documents: number; gone: number | null; isBegun: boolean }>(
    `select s.documents, i.gone, i.made_from is not null as "isBegun"
     from (select coalesce(sum(documents), 0)::int as documents from language_stats where workspace_id = $1) s
     left join inverted_indexes i on i.workspace_id = $1`,
    [workspaceId],
  );
  const [{ documents, gone, isBegun } = { documents: 0, gone: null, isBegun: false }] = rows;
  if (!isBegun) {
    if (gone === null ? documents < documentsMin : gone <= Math.max(goneMax, documents * goneShareMax)) return false;
    await begin(tx, workspaceId);
  }
  if (await enterNext(tx, workspaceId)) return true;
  await finish(tx, workspaceId);
  return false;
}

/** New lists begin with a block of their own, so that the old ones can be dropped by their blocks. */
async function begin(tx: Db, workspaceId: string): Promise<void> {
  await tx.query(
    `insert into inverted_indexes as i (workspace_id, made_from) values ($1, 0)
     on conflict (workspace_id) do update set gone = 0,
       next_number = ceil(i.next_number / ${documentsPerBlock}.0) * ${documentsPerBlock},
       made_from = ceil(i.next_number / ${documentsPerBlock}.0) * ${documentsPerBlock}`,
    [workspaceId],
  );
}

/**
 * Documents that are still to enter, of which no number is in the lists that are being made. Each is looked up by its key, in a
 * subquery that no planner turns into a join, as it would an `exists`.
 */
const leftSql = `document_terms d where d.workspace_id = $1
  and coalesce((select n.number from posting_documents n where n.workspace_id = $1 and n.document_id = d.document_id), -1)
    < (select made_from from inverted_indexes where workspace_id = $1)
  and (select true from stats_added a where a.workspace_id = $1 and a.document_id = d.document_id) is null`;

/**
 * Enters the next documents; false when none is left but those that are just being forgotten. They are locked against that
 * meanwhile, and none is waited for: whoever forgets several waits for some of them with others in hand.
 */
async function enterNext(tx: Db, workspaceId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `with due as materialized (
       select d.document_id, d.terms, d.grades from ${leftSql} limit ${documentsAtOnce} for key share of d skip locked),
     ${enterSql('due', '0')}
     select from due limit 1`,
    [workspaceId],
  );
  return rowCount === 1;
}

/** Where a document is left after all (it is not forgotten, its transaction failed), the next call goes on. */
async function finish(tx: Db, workspaceId: string): Promise<void> {
  const { rows } = await tx.query<{ madeFrom: number }>(
    `select made_from as "madeFrom" from inverted_indexes where workspace_id = $1 and not exists (select from ${leftSql})`,
    [workspaceId],
  );
  const [done] = rows;
  if (!done) return;
  await tx.query('delete from postings where workspace_id = $1 and block < $2', [
    workspaceId,
    done.madeFrom / documentsPerBlock,
  ]);
  await tx.query('update inverted_indexes set made_from = null where workspace_id = $1', [workspaceId]);
}

/** Workspaces that have come to need lists and have none, as after an upgrade, or whose lists somebody began to make. */
export async function listWithoutPostings(db: Db, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `(select s.workspace_id as id from language_stats s
      where not exists (select from inverted_indexes i where i.workspace_id = s.workspace_id)
      group by s.workspace_id having sum(s.documents) >= ${usual.documentsMin})
     union all (select workspace_id from inverted_indexes where made_from is not null) limit $1`,
    [limit],
  );
  return rows.map((row) => row.id);
}
