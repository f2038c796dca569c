import { z } from 'zod';
import { id, storable, timestamp } from './common.ts';
import { historyEntry } from './knowledge.ts';
import { citation } from './message.ts';

export const answerKind = z.enum(['answer', 'clarify', 'abstain', 'handoff']);
export type AnswerKind = z.infer<typeof answerKind>;

export const answerRequest = z.object({
  question: z
    .string()
    .max(50_000)
    .transform(storable)
    .refine((text) => text.trim().length > 0, 'Ask something.'),
  history: z.array(historyEntry).max(100).default([]),
});
export type AnswerRequest = z.infer<typeof answerRequest>;

/** Everything that explains a turn and lets it be replayed. Times in milliseconds, cost in US dollars. */
export const turnTrace = z.object({
  /** The question as it was searched for, after the history was folded in. */
  query: z.string(),
  candidates: z.array(
    z.object({
      chunkId: id,
      documentId: id,
      title: z.string(),
      score: z.number(),
      lexical: z.number(),
      semantic: z.number(),
      /** It was not found itself: it stands right beside this chunk, and was read with it. */
      joinedTo: id.optional(),
    }),
  ),
  promptVersion: z.string().nullable(),
  model: z.string(),
  tokens: z.object({ input: z.number().int(), output: z.number().int() }),
  costUsd: z.number(),
  timings: z.object({ retrieveMs: z.number(), firstTokenMs: z.number().nullable(), totalMs: z.number() }),
  /** Which rule decided, in one word, with what it saw. */
  decision: z.object({ kind: answerKind, rule: z.string(), confidence: z.number() }),
  /** Model calls that failed on the way, oldest first. */
  failures: z.array(z.object({ model: z.string(), reason: z.string() })),
});
export type TurnTrace = z.infer<typeof turnTrace>;

export const answerResponse = z.object({
  kind: answerKind,
  text: z.string(),
  citations: z.array(citation),
  confidence: z.number().min(0).max(1),
  reason: z.string().optional(),
  turn: turnTrace,
});
export type AnswerResponse = z.infer<typeof answerResponse>;

export const turnOutcome = z.enum(['answered', 'clarified', 'abstained', 'handed_off', 'superseded', 'withdrawn']);
export type TurnOutcome = z.infer<typeof turnOutcome>;

/** One attempt of the assistant to deal with what the customer last said. */
export const turn = z.object({
  id,
  conversationId: id,
  /** The customer's message that it deals with. */
  throughSeq: z.number().int(),
  state: z.enum(['pending', 'running', 'done', 'failed']),
  outcome: turnOutcome.nullable(),
  attempt: z.number().int(),
  messageId: id.nullable(),
  trace: turnTrace.nullable(),
  createdAt: timestamp,
  finishedAt: timestamp.nullable(),
});
export type Turn = z.infer<typeof turn>;
