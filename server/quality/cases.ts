import { type EvalCase, evalCasesMax, type NewEvalCase } from '../../protocol/evaluation.ts';
import type { Db } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { AppError, notFound } from '../errors.ts';
import { newId } from '../ids.ts';
import {
  type CaseRow,
  countCases,
  deleteLongGone,
  findCase,
  insertCase,
  insertCaseDocuments,
  listCases,
  setDeleted,
} from './case-queries.ts';

type Slice = Pick<Deps, 'db'>;
type One = { workspaceId: string; caseId: string };

const toEvalCase = (row: CaseRow): EvalCase => ({
  id: row.id,
  question: row.question,
  history: row.history,
  answerable: row.answerable,
  audience: row.audience,
  locale: row.locale,
  documents: row.documents,
  createdBy: { id: row.createdById, name: row.createdByName },
  createdAt: row.createdAt.toISOString(),
  last:
    row.lastRunAt === null
      ? null
      : { rank: row.lastRank, confidence: row.lastConfidence ?? 0, at: row.lastRunAt.toISOString() },
});

/** All its documents must exist. Throws `conflict` when there are as many questions as a run measures. */
export async function addCase(
  { db }: Slice,
  { workspaceId, agentId }: { workspaceId: string; agentId: string },
  given: NewEvalCase,
): Promise<EvalCase> {
  const documentIds = [...new Set(given.documentIds)];
  return transaction(db, async (tx) => {
    await deleteLongGone(tx, workspaceId);
    if ((await countCases(tx, workspaceId)) >= evalCasesMax) {
      throw new AppError('conflict', {
        publicMessage: `There are ${evalCasesMax} evaluation questions, which is as many as are measured. Delete one first.`,
      });
    }
    const id = newId();
    await insertCase(tx, { workspaceId, id, createdBy: agentId }, given);
    if ((await insertCaseDocuments(tx, workspaceId, id, documentIds)) < documentIds.length) throw notFound('document');
    return readCase(tx, workspaceId, id);
  });
}

/** It is no longer listed or measured, and can be restored for an hour. */
export async function deleteCase({ db }: Slice, { workspaceId, caseId }: One): Promise<void> {
  await transaction(db, async (tx) => {
    await deleteLongGone(tx, workspaceId);
    if (!(await setDeleted(tx, workspaceId, caseId, true))) throw notFound('evaluation question');
  });
}

/** Brings back what was deleted, with its last result. */
export async function restoreCase({ db }: Slice, { workspaceId, caseId }: One): Promise<EvalCase> {
  if (!(await setDeleted(db, workspaceId, caseId, false))) throw notFound('evaluation question');
  return readCase(db, workspaceId, caseId);
}

export async function readCases(
  { db }: Slice,
  at: { workspaceId: string; after?: string | undefined; limit: number },
): Promise<EvalCase[]> {
  return (await listCases(db, at)).map(toEvalCase);
}

async function readCase(db: Db, workspaceId: string, id: string): Promise<EvalCase> {
  const row = await findCase(db, workspaceId, id);
  if (!row) throw notFound('evaluation question');
  return toEvalCase(row);
}
