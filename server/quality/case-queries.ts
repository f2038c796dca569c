import pg from 'pg';
import type { Audience } from '../../protocol/common.ts';
import type { NewEvalCase } from '../../protocol/evaluation.ts';
import type { HistoryEntry } from '../../protocol/knowledge.ts';
import { toJsonb } from '../db/json.ts';
import type { Db } from '../db/pool.ts';

export type CaseRow = {
  id: string;
  question: string;
  history: HistoryEntry[];
  answerable: boolean;
  audience: Audience | null;
  locale: string | null;
  documents: { id: string | null; title: string }[];
  createdById: string;
  createdByName: string;
  createdAt: Date;
  lastRank: number | null;
  lastConfidence: number | null;
  lastRunAt: Date | null;
};

/** Titles as they are now; of what has been deleted, as they were. */
const selectCases = `select c.id, c.question, c.history, c.answerable, c.audience, c.locale,
    c.created_by as "createdById", a.name as "createdByName", c.created_at as "createdAt",
    c.last_rank as "lastRank", c.last_confidence as "lastConfidence", c.last_run_at as "lastRunAt",
    coalesce((select jsonb_agg(jsonb_build_object('id', r.document_id, 'title', coalesce(d.title, r.title)) order by r.place)
      from eval_case_documents r left join documents d on d.workspace_id = r.workspace_id and d.id = r.document_id
      where r.workspace_id = c.workspace_id and r.case_id = c.id), '[]') as documents
  from eval_cases c join agents a on a.workspace_id = c.workspace_id and a.id = c.created_by`;

/** The question's id: the one given, or that of the one that asks the same already. Relies on eval_cases_asked_once. */
export async function findOrInsertCase(
  db: Db,
  of: { workspaceId: string; id: string; createdBy: string },
  { question, history, answerable, audience, locale }: NewEvalCase,
): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    // the upsert waits for one that is just being added or deleted
    `insert into eval_cases as c (workspace_id, id, created_by, question, history, answerable, audience, locale)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (workspace_id, asked) where deleted_at is null do update set question = c.question
     returning id`,
    [of.workspaceId, of.id, of.createdBy, question, toJsonb(history), answerable, audience ?? null, locale ?? null],
  );
  const [row] = rows;
  if (!row) throw new Error('an upsert returned no row');
  return row.id;
}

/** Names the documents that answer it, in the order given; returns how many of them exist. */
export async function insertCaseDocuments(
  db: Db,
  workspaceId: string,
  caseId: string,
  documentIds: string[],
): Promise<number> {
  const { rowCount } = await db.query(
    `insert into eval_case_documents (workspace_id, case_id, place, document_id, title)
     select $1, $2, w.place, d.id, d.title from unnest($3::uuid[]) with ordinality w (id, place)
     join documents d on d.workspace_id = $1 and d.id = w.id`,
    [workspaceId, caseId, documentIds],
  );
  return rowCount ?? 0;
}

export async function findCase(db: Db, workspaceId: string, id: string): Promise<CaseRow | undefined> {
  const { rows } = await db.query<CaseRow>(
    `${selectCases} where c.workspace_id = $1 and c.id = $2 and c.deleted_at is null`,
    [workspaceId, id],
  );
  return rows[0];
}

/** The newest first: ids are UUIDv7. */
export async function listCases(
  db: Db,
  { workspaceId, after, limit }: { workspaceId: string; after?: string | undefined; limit: number },
): Promise<CaseRow[]> {
  const { rows } = await db.query<CaseRow>(
    `${selectCases} where c.workspace_id = $1 and c.deleted_at is null and ($2::uuid is null or c.id < $2)
     order by c.id desc limit $3`,
    [workspaceId, after ?? null, limit],
  );
  return rows;
}

export async function countCases(db: Db, workspaceId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::int as count from eval_cases where workspace_id = $1 and deleted_at is null',
    [workspaceId],
  );
  return rows[0]?.count ?? 0;
}

/** False where there is none. Deleting what is deleted changes nothing. */
export async function markDeleted(db: Db, workspaceId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'update eval_cases set deleted_at = coalesce(deleted_at, now()) where workspace_id = $1 and id = $2',
    [workspaceId, id],
  );
  return rowCount === 1;
}

/** False where one that asks the same and is not deleted stands in its way. Keeping what is kept changes nothing. */
export async function unmarkDeleted(db: Db, workspaceId: string, id: string): Promise<boolean> {
  try {
    await db.query('update eval_cases set deleted_at = null where workspace_id = $1 and id = $2', [workspaceId, id]);
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.constraint === 'eval_cases_asked_once') return false;
    throw error;
  }
}

/** The one that is not deleted and asks the same as this one. */
export async function findTwin(db: Db, workspaceId: string, id: string): Promise<CaseRow | undefined> {
  const { rows } = await db.query<CaseRow>(
    `${selectCases} where c.workspace_id = $1 and c.deleted_at is null
       and c.asked = (select asked from eval_cases where workspace_id = $1 and id = $2)`,
    [workspaceId, id],
  );
  return rows[0];
}

/** Removes for good what nobody has brought back within the hour. */
export async function deleteLongGone(db: Db, workspaceId: string): Promise<void> {
  await db.query(`delete from eval_cases where workspace_id = $1 and deleted_at < now() - interval '1 hour'`, [
    workspaceId,
  ]);
}

export async function saveResults(
  db: Db,
  workspaceId: string,
  results: { caseId: string; rank: number | null; confidence: number }[],
): Promise<void> {
  await db.query(
    `update eval_cases c set last_rank = r.rank, last_confidence = r.confidence, last_run_at = now()
     from unnest($2::uuid[], $3::int[], $4::real[]) r (id, rank, confidence)
     where c.workspace_id = $1 and c.id = r.id`,
    [
      workspaceId,
      results.map(({ caseId }) => caseId),
      results.map(({ rank }) => rank),
      results.map(({ confidence }) => confidence),
    ],
  );
}
