import { IconArrowDownRight, IconArrowUpRight } from '@tabler/icons-react';
import type { EvalFigures, EvalRun } from '../../protocol/evaluation.ts';
import tiles from '../ui/figures.module.css';
import { milliseconds, number, percent, score } from '../ui/time.ts';
import { TimeLabel } from '../ui/time-label.tsx';
import classes from './evaluation.module.css';

type Figure = {
  key: 'hit1' | 'hit3' | 'mrr10' | 'auroc';
  name: string;
  meaning: string;
  write: (value: number) => string;
};

const figures: Figure[] = [
  { key: 'hit1', name: 'First', meaning: 'The first document is right. (hit@1)', write: percent },
  { key: 'hit3', name: 'In the first three', meaning: 'One of the first three is right. (hit@3)', write: percent },
  { key: 'mrr10', name: 'Mean of 1 / place', meaning: '1 when the right one is always first. (MRR@10)', write: score },
  {
    key: 'auroc',
    name: 'Knows what it knows',
    meaning: 'How often an answerable question has more confidence than one that no document answers. (AUROC)',
    write: percent,
  },
];

type Props = { run: EvalRun; figures: EvalFigures; before: EvalFigures | null | undefined };

/** The figures of the latest run with what they mean, and what has changed since the one before. */
export function EvalFiguresView({ run, figures: found, before }: Props) {
  return (
    <section aria-label="Latest run">
      <dl className={tiles.figures}>
        {figures.map((figure) => {
          const value = found[figure.key];
          return (
            <div key={figure.key}>
              <dt>{figure.name}</dt>
              <dd className={tiles.value}>
                {value === null ? '–' : figure.write(value)}
                <Change figure={figure} now={value} before={before?.[figure.key]} />
              </dd>
              <dd className={classes.meaning}>{figure.meaning}</dd>
            </div>
          );
        })}
      </dl>
      <p className={tiles.under}>
        {counted(found)} Measured <TimeLabel at={run.at} style="ago" />
        {run.tookMs !== null && `, in ${milliseconds(run.tookMs)}`}.
      </p>
    </section>
  );
}

type Changed = { figure: Figure; now: number | null; before: number | null | undefined };

function Change({ figure, now, before }: Changed) {
  if (now === null || before === null || before === undefined) return null;
  const [written, was] = [figure.write(now), figure.write(before)];
  if (written === was) return null;
  const Icon = now > before ? IconArrowUpRight : IconArrowDownRight;
  return (
    <span className={classes.change} data-better={now > before}>
      <Icon size={14} aria-hidden /> was {was}
    </span>
  );
}

function counted({ answerable, unanswerable, skipped }: EvalFigures): string {
  const parts = [
    `${number(answerable)} answerable`,
    unanswerable > 0 ? `${number(unanswerable)} that no document answers` : '',
  ].filter(Boolean);
  const left = skipped > 0 ? ` ${number(skipped)} not counted: what answered is deleted.` : '';
  return `${parts.join(', ')}.${left}`;
}
