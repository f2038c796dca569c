import type { AnswerKind, TurnTrace } from '../../protocol/answer.ts';
import type { HandoffReason } from '../../protocol/conversation.ts';
import type { Citation } from '../../protocol/message.ts';
import type { SearchOutcome } from '../knowledge/search.ts';
import type { AnswerInput, Decision } from './decision.ts';
import type { Generation } from './generate.ts';
import { answerPromptVersion } from './prompts/answer.ts';

/** Everything about a turn that its trace will tell, filled in as it goes. */
export type Turn = {
  input: AnswerInput;
  started: number;
  found: SearchOutcome;
  retrieveMs: number;
  generation: Generation | undefined;
  /** From the start of the turn to the first piece that counted. */
  firstTokenMs: number | null;
};

/** What is left unsaid by the parts: the kind, the words, and the rule that chose them. */
export type Verdict = {
  kind: AnswerKind;
  text: string;
  rule: string;
  model: string;
  citations?: Citation[];
  reason?: HandoffReason;
  confidence?: number;
};

/** The verdict with the trace that explains it. */
export function decisionOf(turn: Turn, verdict: Verdict): Decision {
  const confidence = Math.min(1, Math.max(0, verdict.confidence ?? turn.found.confidence));
  const { generation } = turn;
  const trace: TurnTrace = {
    query: turn.found.query,
    candidates: turn.found.results.map(({ chunkId, documentId, title, score, lexical, semantic }) => ({
      chunkId,
      documentId,
      title,
      score,
      lexical,
      semantic,
    })),
    promptVersion: generation ? answerPromptVersion : null,
    model: verdict.model,
    tokens: generation?.tokens ?? { input: 0, output: 0 },
    costUsd: generation?.costUsd ?? 0,
    timings: {
      retrieveMs: turn.retrieveMs,
      firstTokenMs: turn.firstTokenMs,
      totalMs: performance.now() - turn.started,
    },
    decision: { kind: verdict.kind, rule: verdict.rule, confidence },
    failures: generation?.failures ?? [],
  };
  return {
    kind: verdict.kind,
    text: verdict.text,
    citations: verdict.citations ?? [],
    confidence,
    reason: verdict.reason,
    turn: trace,
  };
}
