import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { EvalCase } from '../../protocol/evaluation.ts';
import { addEvalCase, deleteEvalCase } from '../api/calls.ts';
import { ApiError, errorText } from '../api/http.ts';
import { showAction, showUndo } from '../ui/action-notification.tsx';
import { evalCasesKey } from './eval-queries.ts';
import type { AskedQuestion } from './quality-tabs.ts';

export type RightDocument = { id: string; title: string };

/** Which documents answer what was asked: chosen by a person, then kept as an evaluation question. */
export type Judging = {
  isOpen: boolean;
  isSaving: boolean;
  right: readonly RightDocument[];
  open(): void;
  close(): void;
  toggle(document: RightDocument): void;
  /** With the documents chosen, or as one that no document answers. */
  save(answerable: boolean): void;
};

const thereAlready = ({ documents }: EvalCase) =>
  documents.length === 0
    ? 'This question is there already, as one that no document answers.'
    : `This question is there already, answered by ${documents.map(({ title }) => `“${title}”`).join(', ')}.`;

export function useJudging({ query, history, audience, locale }: AskedQuestion): Judging {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const [right, setRight] = useState<RightDocument[]>([]);
  const changed = () => queries.invalidateQueries({ queryKey: evalCasesKey });
  const failed = (error: unknown) =>
    notifications.show({ color: 'red', title: 'That did not work', message: errorText(error) });
  const close = () => {
    setOpen(false);
    setRight([]);
  };
  const removing = useMutation({ mutationFn: deleteEvalCase, onSettled: changed, onError: failed });
  const saving = useMutation({
    mutationFn: (answerable: boolean) =>
      addEvalCase({
        question: query,
        history,
        answerable,
        documentIds: answerable ? right.map(({ id }) => id) : [],
        ...(audience ? { audience } : {}),
        ...(locale ? { locale } : {}),
      }),
    onSuccess: ({ id }) => {
      close();
      showUndo('Added to the evaluation questions.', () => removing.mutate(id));
    },
    onSettled: changed,
    onError: (error) => {
      if (!(error instanceof ApiError && error.evalCase)) return failed(error);
      close();
      showAction(thereAlready(error.evalCase), 'Show', () => {
        void navigate({ to: '/quality', search: { tab: 'evaluation' } });
      });
    },
  });
  return {
    isOpen,
    isSaving: saving.isPending,
    right,
    open: () => setOpen(true),
    close,
    toggle: (document) =>
      setRight((before) =>
        before.some(({ id }) => id === document.id)
          ? before.filter(({ id }) => id !== document.id)
          : [...before, document],
      ),
    save: (answerable) => saving.mutate(answerable),
  };
}
