import { queryOptions } from '@tanstack/react-query';
import type { EvalCase } from '../../protocol/evaluation.ts';
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

/** The latest and the one before it. */
export const evalRunsQuery = queryOptions({ queryKey: ['eval-runs'], queryFn: fetchEvalRuns });
