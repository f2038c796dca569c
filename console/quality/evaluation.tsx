import { Button, Checkbox } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconClipboardCheck, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { EvalCase } from '../../protocol/evaluation.ts';
import { runEvalCases } from '../api/calls.ts';
import { errorText } from '../api/http.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { number } from '../ui/time.ts';
import { useIsAdmin } from '../ui/use-role.ts';
import { EvalCaseRow } from './eval-case-row.tsx';
import { EvalFiguresView } from './eval-figures.tsx';
import { evalCasesQuery, evalRunsQuery } from './eval-queries.ts';
import classes from './evaluation.module.css';

/** Measured, answerable, and the right document did not come first. */
const isMiss = ({ answerable, last }: EvalCase) => answerable && last !== null && last.rank !== 1;

/** The questions that search is measured by, with how it did. */
export function Evaluation() {
  const admin = useIsAdmin();
  const queries = useQueryClient();
  const cases = useQuery(evalCasesQuery);
  const runs = useQuery(evalRunsQuery);
  const [onlyMisses, setOnlyMisses] = useState(false);
  const running = useMutation({
    mutationFn: runEvalCases,
    onSettled: () => Promise.all([queries.invalidateQueries(evalCasesQuery), queries.invalidateQueries(evalRunsQuery)]),
    onError: (error) =>
      notifications.show({ color: 'red', title: 'It could not be measured', message: errorText(error) }),
  });
  if (cases.isPending) return <SkeletonRows rows={6} height={64} label="Loading the evaluation questions" />;
  if (cases.isError) return <ErrorState error={cases.error} onRetry={() => void cases.refetch()} />;
  if (cases.data.length === 0) return <NoCases admin={admin} />;
  const misses = cases.data.filter(isMiss);
  const shown = onlyMisses ? misses : cases.data;
  const [latest, before] = runs.data?.data ?? [];
  return (
    <>
      {latest && <EvalFiguresView run={latest} before={before} />}
      <div className={classes.bar}>
        <span className={classes.count}>
          {cases.data.length === 1 ? '1 question' : `${number(cases.data.length)} questions`}
        </span>
        {misses.length > 0 && (
          <Checkbox
            size="xs"
            label={`Only what was not first (${number(misses.length)})`}
            checked={onlyMisses}
            onChange={(event) => setOnlyMisses(event.currentTarget.checked)}
          />
        )}
        {admin && (
          <Button
            size="xs"
            className={classes.run}
            leftSection={<IconPlayerPlay size={14} />}
            loading={running.isPending}
            onClick={() => running.mutate()}
          >
            {latest ? 'Run again' : 'Run'}
          </Button>
        )}
      </div>
      <p className="sr-only" role="status">
        {running.isPending ? 'Measuring' : running.isSuccess ? 'Measured' : ''}
      </p>
      <ul className={classes.cases} aria-label="Evaluation questions">
        {shown.map((evalCase) => (
          <EvalCaseRow key={evalCase.id} evalCase={evalCase} admin={admin} />
        ))}
      </ul>
      {onlyMisses && shown.length === 0 && <EmptyState>The right document came first everywhere.</EmptyState>}
    </>
  );
}

function NoCases({ admin }: { admin: boolean }) {
  return (
    <EmptyState
      icon={<IconClipboardCheck size={20} stroke={1.75} />}
      action={
        <Link to="/quality" search={{ tab: 'search' }}>
          Try the search
        </Link>
      }
    >
      {admin
        ? 'No evaluation question yet. Ask the search something, tick what is right, and add it.'
        : 'No evaluation question yet. Admins add them from the search.'}
    </EmptyState>
  );
}
