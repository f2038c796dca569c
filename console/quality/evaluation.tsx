import { Button, Checkbox, Progress } from '@mantine/core';
import { IconAlertCircle, IconClipboardCheck, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { EvalCase, EvalRun } from '../../protocol/evaluation.ts';
import notices from '../ui/notice.module.css';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { exactTime, number, percent } from '../ui/time.ts';
import { TimeLabel } from '../ui/time-label.tsx';
import { useIsAdmin } from '../ui/use-role.ts';
import { EvalCaseRow } from './eval-case-row.tsx';
import { EvalFiguresView } from './eval-figures.tsx';
import { evalCasesQuery } from './eval-queries.ts';
import classes from './evaluation.module.css';
import { useEvalRuns } from './use-eval-runs.ts';

/** Measured, answerable, and the right document did not come first. */
const isMiss = ({ answerable, last }: EvalCase) => answerable && last !== null && last.rank !== 1;

/** The questions that search is measured by, with how it did. */
export function Evaluation() {
  const admin = useIsAdmin();
  const cases = useQuery(evalCasesQuery);
  const runs = useEvalRuns();
  const [onlyMisses, setOnlyMisses] = useState(false);
  // together: the figures of the runs stand above the questions, and would push them down
  if (cases.isPending || runs.isPending)
    return <SkeletonRows rows={6} height={64} label="Loading the evaluation questions" />;
  if (cases.isError) return <ErrorState error={cases.error} onRetry={() => void cases.refetch()} />;
  if (cases.data.length === 0) return <NoCases admin={admin} />;
  const misses = cases.data.filter(isMiss);
  const shown = onlyMisses ? misses : cases.data;
  const { latest, before, failed } = runs;
  return (
    <>
      {latest?.figures && <EvalFiguresView run={latest} figures={latest.figures} before={before?.figures} />}
      {failed && (
        <p className={notices.warning} role="status">
          <IconAlertCircle size={16} stroke={1.75} aria-hidden />
          <span>
            The run begun <TimeLabel at={failed.at} style="ago" /> failed. {failed.error}
          </span>
        </p>
      )}
      <div className={classes.bar}>
        {runs.underWay ? (
          <RunProgress run={runs.underWay} />
        ) : (
          <span className={classes.count}>
            {cases.data.length === 1 ? '1 question' : `${number(cases.data.length)} questions`}
          </span>
        )}
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
            loading={runs.isStarting}
            disabled={!runs.start || runs.underWay !== undefined}
            onClick={runs.start}
          >
            {latest ? 'Run again' : 'Run'}
          </Button>
        )}
      </div>
      <p className="sr-only" role="status">
        {runs.underWay ? 'Measuring' : latest ? `Measured ${exactTime(latest.at)}` : ''}
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

/** How far a run is that goes on in the background. */
function RunProgress({ run: { state, progress } }: { run: EvalRun }) {
  const { done, total } = progress;
  const hasBegun = state === 'running' && total > 0;
  return (
    <div className={classes.progress}>
      <span>{hasBegun ? `${number(done)} of ${number(total)} measured` : 'Waiting to be measured'}</span>
      <Progress
        value={hasBegun ? (100 * done) / total : 0}
        size={6}
        aria-label={`${percent(hasBegun ? done / total : 0)} of the questions are measured`}
      />
    </div>
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
