import type { HistoryEntry } from '../../protocol/knowledge.ts';
import type { ModelRef } from '../config.ts';
import { ChatFailed } from '../llm/chat-failed.ts';
import type { Llm } from '../llm/llm.ts';
import { firstTokens, fitHistory } from './history.ts';
import { needsContext } from './needs-context.ts';
import { contextualizePrompt, parseStandalone, standaloneTool } from './prompts/contextualize.ts';
import { withinDeadline } from './within-deadline.ts';

export type Contextualization = {
  /** The question as it stands alone; undefined where none was needed, or none came in time. */
  standalone: string | undefined;
  tokens: { input: number; output: number };
  costUsd: number;
  failures: { model: string; reason: string }[];
};

type Input = {
  workspaceId: string;
  turnId?: string | undefined;
  question: string;
  /** Oldest first, without the question. */
  history: HistoryEntry[];
  /** Tried in this order. */
  models: ModelRef[];
  signal: AbortSignal;
  deadlineAt?: number | undefined;
};

/** The customer waits for this before anything is searched. */
const limitMs = 2_000;
const historyTokensMax = 800;
const questionTokensMax = 400;
const maxOutputTokens = 300;

/**
 * Asks the fast model for a follow-up as a question that stands alone. Takes two seconds at most, and nothing where the question
 * needs no context or no model is there. Throws only when `signal` aborts: without a rewriting, search goes by the conversation's
 * words as it always does. What comes back is what a model wrote: to be searched for beside the customer's words, never instead.
 */
export async function contextualize(deps: { llm: Llm }, input: Input): Promise<Contextualization> {
  const result: Contextualization = {
    standalone: undefined,
    tokens: { input: 0, output: 0 },
    costUsd: 0,
    failures: [],
  };
  const [first] = input.models;
  if (!first || !needsContext(input.question, input.history)) return result;
  const deadlineAt = Math.min(Date.now() + limitMs, input.deadlineAt ?? Number.POSITIVE_INFINITY);
  const [history, question] = await Promise.all([
    fitHistory(input.history, historyTokensMax),
    firstTokens(input.question, questionTokensMax),
  ]);
  try {
    const reply = await withinDeadline(input.signal, deadlineAt, (signal) =>
      deps.llm.chat({
        workspaceId: input.workspaceId,
        turnId: input.turnId,
        purpose: 'contextualize',
        models: input.models,
        messages: contextualizePrompt(history, question),
        tools: [standaloneTool],
        maxOutputTokens,
        deadlineAt,
        signal,
      }),
    );
    if (reply === 'late') {
      const failures = [{ model: `${first.provider}:${first.model}`, reason: 'deadline' }];
      return { ...result, failures };
    }
    const standalone = parseStandalone(reply.toolCall);
    const unusable = standalone === undefined ? [{ model: reply.model, reason: 'wrong_tool_arguments' }] : [];
    const { tokens, costUsd } = reply;
    return { standalone, tokens, costUsd, failures: [...reply.failures, ...unusable] };
  } catch (error) {
    input.signal.throwIfAborted();
    if (!(error instanceof ChatFailed)) throw error;
    return { ...result, tokens: error.tokens, costUsd: error.costUsd, failures: error.failures };
  }
}
