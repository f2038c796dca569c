import { queryOptions } from '@tanstack/react-query';
import type { EvalCase, EvalRun } from '../../protocol/evaluation.ts';
import { fetchEvalCases, fetchEvalRuns } from '../api/calls.ts';

export const evalCasesKey = ['eval-cases'] as const;

/** All of them: there are 500 at most. */
export const evalCasesQuery = queryOptions({
  queryKey: evalCasesKey,
  queryFn: async ({ signal }) => {
    const cases: EvalCase[] = [];
    let cursor: string | null = null;
    do {
      const { data, page } = await fetchEvalCases(cursor, signal);
      cases.push(...data);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return cases;
  },
});

const busyPollMs = 1_000;
const idlePollMs = 30_000;

export const isUnderWay = (run: EvalRun | undefined): run is EvalRun =>
  run?.state === 'pending' || run?.state === 'running';

/** A run that ended between the two answers stands in both, and only the later one says so. */
export const asLastSeen = (newest: EvalRun | undefined, done: EvalRun[]) => ({
  newest: done.find(({ id }) => id === newest?.id) ?? newest,
  done,
});

/** `newest`: however it stands. `done`: the latest with figures, and the one before it. Read again soon while one is under way. */
export const evalRunsQuery = queryOptions({
  queryKey: ['eval-runs'],
  queryFn: async ({ signal }) => {
    // in this order: a run that fails in between shows as under way, and is looked at again
    const newest = await fetchEvalRuns({ limit: 1 }, signal);
    const done = await fetchEvalRuns({ state: 'done', limit: 2 }, signal);
    return asLastSeen(newest.data[0], done.data);
  },
  refetchInterval: ({ state }) => (isUnderWay(state.data?.newest) ? busyPollMs : idlePollMs),
});
