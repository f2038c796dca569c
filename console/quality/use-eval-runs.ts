import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { EvalRun } from '../../protocol/evaluation.ts';
import { startEvalRun } from '../api/calls.ts';
import { errorText } from '../api/http.ts';
import { evalCasesQuery, evalRunsQuery, isUnderWay } from './eval-queries.ts';

export type EvalRuns = {
  /** Nothing is known of them yet. */
  isPending: boolean;
  /** The latest that is done, and the one before it. */
  latest: EvalRun | undefined;
  before: EvalRun | undefined;
  underWay: EvalRun | undefined;
  /** The newest, where it failed. */
  failed: EvalRun | undefined;
  isStarting: boolean;
  /** Undefined until it is known whether one is under way. */
  start: (() => void) | undefined;
};

/** The runs as they get on, by whomever they were started; the questions are read anew when one is done. */
export function useEvalRuns(): EvalRuns {
  const queries = useQueryClient();
  const { data, isPending } = useQuery(evalRunsQuery);
  const starting = useMutation({
    mutationFn: startEvalRun,
    onSuccess: (run) =>
      queries.setQueryData(evalRunsQuery.queryKey, (runs) => ({ done: runs?.done ?? [], newest: run })),
    onSettled: () => queries.invalidateQueries(evalRunsQuery),
    onError: (error) =>
      notifications.show({ color: 'red', title: 'It could not be measured', message: errorText(error) }),
  });
  const [latest, before] = data?.done ?? [];
  const doneId = data && (latest?.id ?? 'none');
  const shown = useRef(doneId);
  useEffect(() => {
    // what each question was measured with came with the run
    if (shown.current !== undefined && shown.current !== doneId) void queries.invalidateQueries(evalCasesQuery);
    shown.current = doneId;
  }, [doneId, queries]);
  const newest = data?.newest;
  return {
    isPending,
    latest,
    before,
    underWay: isUnderWay(newest) ? newest : undefined,
    failed: newest?.state === 'failed' ? newest : undefined,
    isStarting: starting.isPending,
    start: data && (() => starting.mutate()),
  };
}
