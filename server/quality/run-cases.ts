import { type EvalRunResponse, evalCasesMax, evalPlacesMax } from '../../protocol/evaluation.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';
import { search } from '../knowledge/search.ts';
import { type CaseRow, listCases, saveResults } from './case-queries.ts';
import { type CaseResult, toFigures } from './figures.ts';
import { insertRun } from './run-queries.ts';

type Slice = Pick<Deps, 'db' | 'encoder'>;
type Counted = CaseResult & { caseId: string };

/** Few at a time: customers' questions go through the same encoder and database. */
const searchesAtOnce = 2;
/** A document shows at most three of its chunks, so the first ten documents are among this many. */
const chunksMax = 3 * evalPlacesMax;

/**
 * Searches for every evaluation question as it was searched for when it was added, and measures where the right documents come.
 * All or nothing is kept: a run that is aborted or fails leaves the results of the one before. A question whose documents have all
 * been deleted is not counted.
 */
export async function runCases(
  deps: Slice,
  { workspaceId, agentId, signal }: { workspaceId: string; agentId: string; signal?: AbortSignal | undefined },
): Promise<EvalRunResponse> {
  const startedAt = performance.now();
  const cases = await listCases(deps.db, { workspaceId, limit: evalCasesMax });
  const countable = cases.filter(({ answerable, documents }) => !answerable || documents.some(({ id }) => id !== null));
  const counted: Counted[] = [];
  const waiting = [...countable];
  const work = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      signal?.throwIfAborted();
      counted.push(await runCase(deps, workspaceId, one, signal));
    }
  };
  try {
    await Promise.all(Array.from({ length: searchesAtOnce }, work));
  } finally {
    // the others stop when one has failed
    waiting.length = 0;
  }
  const figures = toFigures(counted, cases.length - countable.length);
  const tookMs = Math.round(performance.now() - startedAt);
  const results = counted.map(({ caseId, rank, confidence }) => ({ caseId, rank, confidence }));
  const run = await transaction(deps.db, async (tx) => {
    await saveResults(tx, workspaceId, results);
    return insertRun(tx, { workspaceId, id: newId(), startedBy: agentId, figures, tookMs });
  });
  return { run, results };
}

async function runCase(
  deps: Slice,
  workspaceId: string,
  { id, question, history, answerable, audience, locale, documents }: CaseRow,
  signal: AbortSignal | undefined,
): Promise<Counted> {
  const { results, confidence } = await search(deps, {
    workspaceId,
    query: question,
    history,
    limit: chunksMax,
    audiences: audience ? [audience] : ['public', 'internal'],
    locale: locale ?? undefined,
    signal,
  });
  const right = new Set(documents.flatMap((document) => document.id ?? []));
  const found = [...new Set(results.map(({ documentId }) => documentId))].slice(0, evalPlacesMax);
  const place = found.findIndex((documentId) => right.has(documentId));
  return { caseId: id, answerable, rank: place === -1 ? null : place + 1, confidence };
}
