import type { AnswerKind, TurnTrace } from '../../protocol/answer.ts';
import type { HandoffReason } from '../../protocol/conversation.ts';
import type { Citation } from '../../protocol/message.ts';
import type { SearchOutcome } from '../knowledge/search.ts';
import type { Contextualization } from './contextualize.ts';
import type { AnswerInput, Decision } from './decision.ts';
import type { Generation } from './generate.ts';
import type { Reading, Source } from './join-neighbours.ts';
import { answerPromptVersion } from './prompts/answer.ts';

/** Everything about a turn that its trace will tell, filled in as it goes. */
export type Turn = {
  input: AnswerInput;
  started: number;
  contextualization: Contextualization | undefined;
  found: SearchOutcome;
  /** What was found with its neighbours, best first: all that may be cited. */
  readings: Reading[];
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
  const { generation, contextualization } = turn;
  const joined: Source[] = turn.readings.flat().filter((source) => source.joinedTo !== undefined);
  const calls = [contextualization, generation].filter((call) => call !== undefined);
  const sum = (value: (call: (typeof calls)[number]) => number) => calls.reduce((all, call) => all + value(call), 0);
  const trace: TurnTrace = {
    query: turn.found.query,
    candidates: [...turn.found.results, ...joined].map((source: Source) => {
      const { chunkId, documentId, title, score, lexical, semantic, joinedTo } = source;
      const candidate = { chunkId, documentId, title, score, lexical, semantic };
      return joinedTo === undefined ? candidate : { ...candidate, joinedTo };
    }),
    promptVersion: generation ? answerPromptVersion : null,
    model: verdict.model,
    tokens: { input: sum(({ tokens }) => tokens.input), output: sum(({ tokens }) => tokens.output) },
    costUsd: sum(({ costUsd }) => costUsd),
    timings: {
      retrieveMs: turn.retrieveMs,
      firstTokenMs: turn.firstTokenMs,
      totalMs: performance.now() - turn.started,
    },
    decision: { kind: verdict.kind, rule: verdict.rule, confidence },
    failures: calls.flatMap(({ failures }) => failures),
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
