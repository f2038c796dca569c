import { type EvalFigures, type EvalRun, evalCasesMax, evalPlacesMax } from '../../protocol/evaluation.ts';
import type { Deps } from '../deps.ts';
import type { EncoderDeps } from '../knowledge/encoders.ts';
import { search } from '../knowledge/search.ts';
import { type CaseRow, listCases } from './case-queries.ts';
import { type CaseResult, toFigures } from './figures.ts';

type Slice = Pick<Deps, 'db' | 'reranker'> & EncoderDeps;
type Counted = CaseResult & { caseId: string };

/** Few at a time: customers' questions go through the same encoder and database. */
const searchesAtOnce = 2;
/** A document shows at most three of its chunks, so the first ten documents are among this many. */
const chunksMax = 3 * evalPlacesMax;

export type Measured = { figures: EvalFigures; tookMs: number; results: Counted[] };

/**
 * Searches for every evaluation question as it was searched for when it was added, and measures where the right documents come. A
 * question whose documents have all been deleted is not counted. Writes nothing.
 */
export async function runCases(
  deps: Slice,
  {
    workspaceId,
    signal,
    onProgress,
  }: { workspaceId: string; signal: AbortSignal; onProgress(progress: EvalRun['progress']): void },
): Promise<Measured> {
  const startedAt = performance.now();
  const cases = await listCases(deps.db, { workspaceId, limit: evalCasesMax });
  const countable = cases.filter(({ answerable, documents }) => !answerable || documents.some(({ id }) => id !== null));
  const results: Counted[] = [];
  const waiting = [...countable];
  const work = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      signal.throwIfAborted();
      results.push(await runCase(deps, workspaceId, one, signal));
      onProgress({ done: results.length, total: countable.length });
    }
  };
  onProgress({ done: 0, total: countable.length });
  try {
    await Promise.all(Array.from({ length: searchesAtOnce }, work));
  } finally {
    // the others stop when one has failed
    waiting.length = 0;
  }
  const figures = toFigures(results, cases.length - countable.length);
  return { figures, tookMs: Math.round(performance.now() - startedAt), results };
}

async function runCase(
  deps: Slice,
  workspaceId: string,
  { id, question, history, answerable, audience, locale, documents }: CaseRow,
  signal: AbortSignal,
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
