import { ActionIcon } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCircleCheck, IconCircleDashed, IconCircleX, IconFileOff, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { EvalCase } from '../../protocol/evaluation.ts';
import { deleteEvalCase, restoreEvalCase } from '../api/calls.ts';
import { errorText } from '../api/http.ts';
import { showUndo } from '../ui/action-notification.tsx';
import { confidenceMeaning, confidenceWords } from '../ui/confidence-words.ts';
import { exactTime, ordinal } from '../ui/time.ts';
import { evalCasesQuery } from './eval-queries.ts';
import classes from './evaluation.module.css';

/** A question with what is right and what the latest run found; it leads to the search that it stands for. */
export function EvalCaseRow({ evalCase, admin }: { evalCase: EvalCase; admin: boolean }) {
  const { question, history, audience, locale } = evalCase;
  const remove = useRemoval(evalCase);
  const facts = [
    history.length > 0 &&
      `after ${history.length === 1 ? 'one earlier message' : `${history.length} earlier messages`}`,
    audience && `${audience} only`,
    locale,
  ].filter(Boolean);
  return (
    <li className={classes.case}>
      <div className={classes.what}>
        <Link
          to="/quality"
          search={{ tab: 'search' }}
          state={{ asked: { query: question, history, audience, locale } }}
          className={classes.question}
          dir="auto"
          title={question}
        >
          {question}
        </Link>
        {facts.length > 0 && <span className={classes.facts}>{facts.join(' · ')}</span>}
        <Documents evalCase={evalCase} />
      </div>
      <LastResult evalCase={evalCase} />
      {admin && (
        <ActionIcon className={classes.remove} aria-label={`Delete “${question.slice(0, 80)}”`} onClick={remove}>
          <IconTrash size={16} stroke={1.75} />
        </ActionIcon>
      )}
    </li>
  );
}

function Documents({ evalCase: { answerable, documents } }: { evalCase: EvalCase }) {
  if (!answerable) return <span className={classes.documents}>No document answers this</span>;
  return (
    <ul className={classes.documents} aria-label="Right documents">
      {documents.map(({ id, title }) =>
        id === null ? (
          <li key={title} className={classes.gone}>
            <IconFileOff size={14} stroke={1.75} aria-hidden />
            <s>{title}</s> has been deleted
          </li>
        ) : (
          <li key={id}>
            <Link to="/knowledge/$documentId" params={{ documentId: id }} dir="auto" preload={false}>
              {title}
            </Link>
          </li>
        ),
      )}
    </ul>
  );
}

function resultOf({ answerable, documents, last }: EvalCase) {
  if (answerable && documents.every(({ id }) => id === null)) return { word: 'Not counted', look: 'unknown' } as const;
  if (last === null) return { word: 'Not measured yet', look: 'unknown' } as const;
  if (!answerable) return { word: undefined, look: 'unknown' } as const;
  if (last.rank === null) return { word: 'Not in the first ten', look: 'missed' } as const;
  return { word: ordinal(last.rank), look: last.rank === 1 ? 'first' : 'later' } as const;
}

const icons = { unknown: undefined, missed: IconCircleX, later: IconCircleDashed, first: IconCircleCheck };

function LastResult({ evalCase }: { evalCase: EvalCase }) {
  const { word, look } = resultOf(evalCase);
  const Icon = icons[look];
  const { last } = evalCase;
  return (
    <span className={classes.last} data-look={look} title={last ? `Measured ${exactTime(last.at)}` : undefined}>
      {word && (
        <span className={classes.lastWord}>
          {Icon && <Icon size={14} stroke={1.75} aria-hidden />}
          {word}
        </span>
      )}
      {last && (
        <span className={classes.lastConfidence} title={confidenceMeaning}>
          {confidenceWords(last.confidence)}
        </span>
      )}
    </span>
  );
}

/** Gone at once; taken back where the server refuses, and for as long as the notice stands. */
function useRemoval({ id }: EvalCase): () => void {
  const queries = useQueryClient();
  const settled = () => queries.invalidateQueries(evalCasesQuery);
  const restoring = useMutation({
    mutationFn: () => restoreEvalCase(id),
    onSettled: settled,
    onError: (error) =>
      notifications.show({ color: 'red', title: 'It could not be undone', message: errorText(error) }),
  });
  const removing = useMutation({
    mutationFn: () => deleteEvalCase(id),
    onMutate: async () => {
      await queries.cancelQueries(evalCasesQuery);
      queries.setQueryData(evalCasesQuery.queryKey, (cases) => cases?.filter((one) => one.id !== id));
    },
    onSuccess: () => showUndo('The question is deleted.', () => restoring.mutate()),
    onSettled: settled,
    onError: (error) =>
      notifications.show({ color: 'red', title: 'It could not be deleted', message: errorText(error) }),
  });
  return () => removing.mutate();
}
