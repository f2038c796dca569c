import type { ModelRef } from '../config.ts';
import { AppError } from '../errors.ts';
import { findNeighbours } from '../knowledge/neighbour-queries.ts';
import { search } from '../knowledge/search.ts';
import type { AnswerDeps } from './answer.ts';
import { contextualize } from './contextualize.ts';
import { withoutCourtesies } from './courtesies.ts';
import { joinNeighbours } from './join-neighbours.ts';
import type { Turn } from './turn.ts';

const candidatesMax = 10;
/** Only what customers may read. */
const audiences: ['public'] = ['public'];

/**
 * Finds what the question may be answered from, and what stands beside it: a follow-up is first rewritten by the fast models,
 * where there are any. False where the encoder is away: the customer is told, instead of waiting for it. A lost database throws,
 * and the turn is tried again.
 */
export async function retrieve(deps: AnswerDeps, turn: Turn, fast: ModelRef[]): Promise<boolean> {
  const { input } = turn;
  const { workspaceId, turnId, question, history, signal, deadlineAt } = input;
  const started = performance.now();
  try {
    turn.contextualization = await contextualize(deps, {
      workspaceId,
      turnId,
      question,
      history,
      models: fast,
      signal,
      deadlineAt,
    });
    const { standalone } = turn.contextualization;
    turn.found = await (deps.find ?? search)(deps, {
      workspaceId,
      query: withoutCourtesies(question),
      standalone,
      history,
      limit: candidatesMax,
      audiences,
      signal,
    });
    const { results } = turn.found;
    const ids = results.map((result) => result.chunkId);
    turn.readings = joinNeighbours(results, await findNeighbours(deps.db, { workspaceId, audiences }, ids));
    return true;
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    deps.log.error({ err: error, turnId }, 'search failed');
    return false;
  } finally {
    turn.retrieveMs = performance.now() - started;
  }
}
