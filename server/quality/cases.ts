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
  findOrInsertCase,
  findTwin,
  insertCaseDocuments,
  listCases,
  markDeleted,
  unmarkDeleted,
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

const thereAlready = (evalCase: EvalCase) =>
  new AppError('conflict', {
    publicMessage: 'This question is among the evaluation questions already. Delete that one first to judge it anew.',
    extra: { evalCase },
  });

/**
 * All its documents must exist. Throws `conflict` with the question that is there where one asks the same, and when there are as many
 * as a run measures.
 */
export async function addCase(
  { db }: Slice,
  { workspaceId, agentId }: { workspaceId: string; agentId: string },
  given: NewEvalCase,
): Promise<EvalCase> {
  const documentIds = [...new Set(given.documentIds)];
  return transaction(db, async (tx) => {
    await deleteLongGone(tx, workspaceId);
    const id = newId();
    const found = await findOrInsertCase(tx, { workspaceId, id, createdBy: agentId }, given);
    if (found !== id) throw thereAlready(await readCase(tx, workspaceId, found));
    if ((await countCases(tx, workspaceId)) > evalCasesMax) {
      throw new AppError('conflict', {
        publicMessage: `There are ${evalCasesMax} evaluation questions, which is as many as are measured. Delete one first.`,
      });
    }
    if ((await insertCaseDocuments(tx, workspaceId, id, documentIds)) < documentIds.length) throw notFound('document');
    return readCase(tx, workspaceId, id);
  });
}

/** It is no longer listed or measured, and can be restored for an hour. */
export async function deleteCase({ db }: Slice, { workspaceId, caseId }: One): Promise<void> {
  await transaction(db, async (tx) => {
    await deleteLongGone(tx, workspaceId);
    if (!(await markDeleted(tx, workspaceId, caseId))) throw notFound('evaluation question');
  });
}

/** Brings back what was deleted, with its last result. Throws `conflict` where the same has been added since. */
export async function restoreCase({ db }: Slice, { workspaceId, caseId }: One): Promise<EvalCase> {
  const isBack = await unmarkDeleted(db, workspaceId, caseId);
  const twin = isBack ? undefined : await findTwin(db, workspaceId, caseId);
  if (twin) throw thereAlready(toEvalCase(twin));
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
