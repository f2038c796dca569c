import { Alert, Button } from '@mantine/core';
import { IconArrowBackUp, IconCircleCheck, IconHelpCircle, IconUserShare, IconZoomQuestion } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { AnswerKind, AnswerResponse } from '../../protocol/answer.ts';
import type { HistoryEntry } from '../../protocol/knowledge.ts';
import type { Citation } from '../../protocol/message.ts';
import { askAnswer } from '../api/calls.ts';
import { SourceDrawer } from '../conversation/source-drawer.tsx';
import { confidenceMeaning, confidenceWords } from '../ui/confidence-words.ts';
import { Prose } from '../ui/prose.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { TraceView } from '../ui/trace-view.tsx';
import { AskForm } from './ask-form.tsx';
import classes from './quality.module.css';

const kinds: Record<AnswerKind, { word: string; icon: typeof IconCircleCheck }> = {
  answer: { word: 'Answers', icon: IconCircleCheck },
  clarify: { word: 'Asks back', icon: IconHelpCircle },
  abstain: { word: 'Says that it does not know', icon: IconZoomQuestion },
  handoff: { word: 'Hands off to people', icon: IconUserShare },
};

/** What the assistant would say, from which sources, how sure it is, and how that came about. */
export function AnswerTest() {
  const [history, setHistory] = useState<HistoryEntry[]>([]);
  const [source, setSource] = useState<Citation>();
  const asking = useMutation({
    mutationFn: (question: string) => askAnswer({ question, history }),
    onSuccess: ({ text }, question) =>
      setHistory((earlier) => [...earlier, { role: 'customer', body: question }, { role: 'assistant', body: text }]),
  });
  const turns = history.length / 2;
  return (
    <>
      <AskForm
        key={turns}
        label={turns === 0 ? 'Question' : 'Follow-up question'}
        button="Ask"
        pending={asking.isPending}
        onAsk={(question) => asking.mutate(question)}
      />
      {turns > 0 && (
        <Alert className={classes.history} variant="default">
          {turns === 1 ? 'One earlier question is' : `${turns} earlier questions are`} part of this conversation.{' '}
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconArrowBackUp size={14} />}
            onClick={() => {
              setHistory([]);
              asking.reset();
            }}
          >
            Start over
          </Button>
        </Alert>
      )}
      <div aria-live="polite">
        {asking.isPending && <SkeletonRows rows={4} height={72} label="Answering" />}
        {asking.isError && <ErrorState error={asking.error} onRetry={() => asking.mutate(asking.variables ?? '')} />}
        {asking.isIdle && <EmptyState>The answer, its sources and how it came about show up here.</EmptyState>}
        {asking.isSuccess && <Answer question={asking.variables} answer={asking.data} onCitation={setSource} />}
      </div>
      <SourceDrawer citation={source} onClose={() => setSource(undefined)} />
    </>
  );
}

type AnswerProps = { question: string; answer: AnswerResponse; onCitation: (citation: Citation) => void };

function Answer({ question, answer, onCitation }: AnswerProps) {
  const { word, icon: Icon } = kinds[answer.kind];
  return (
    <article className={classes.answer}>
      <p className={classes.asked} dir="auto">
        {question}
      </p>
      <h2>
        <Icon size={18} stroke={1.75} aria-hidden /> {word}
        <span className={classes.confidence} title={confidenceMeaning}>
          {confidenceWords(answer.confidence)}
        </span>
      </h2>
      {answer.reason && <p className={classes.path}>{answer.reason}</p>}
      <Prose markdown={answer.text} citations={answer.citations} onCitation={onCitation} />
      {answer.citations.length > 0 && (
        <ul className={classes.sources} aria-label="Sources">
          {answer.citations.map((citation) => (
            <li key={citation.n}>
              <button type="button" onClick={() => onCitation(citation)}>
                <span className={classes.rank}>{citation.n}</span> {citation.title}
              </button>
            </li>
          ))}
        </ul>
      )}
      <details className={classes.trace} open>
        <summary>How it came about</summary>
        <TraceView trace={answer.turn} />
      </details>
    </article>
  );
}
