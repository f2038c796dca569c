import type { Citation } from '../../protocol/message.ts';
import type { ModelRef } from '../config.ts';
import type { Analyze } from '../knowledge/analyze.ts';
import { ChatFailed } from '../llm/chat-failed.ts';
import type { ChatMessage, Llm } from '../llm/llm.ts';
import { answerTools, parseToolCall, type ToolOutcome } from './answer-tools.ts';
import { checkAnswer } from './check.ts';
import type { Reading } from './join-neighbours.ts';
import { answerPrompt } from './prompts/answer.ts';

export type Generation = {
  /** What came of it; undefined: no model wrote what could be sent. */
  outcome: { kind: 'answer'; text: string; citations: Citation[] } | ToolOutcome | undefined;
  /** The model that wrote the outcome. */
  model: string | undefined;
  tokens: { input: number; output: number };
  costUsd: number;
  /** From the start of the generation, of the attempt that counted. */
  firstTokenMs: number | null;
  failures: { model: string; reason: string }[];
};

type Input = {
  workspaceId: string;
  turnId: string | undefined;
  question: string;
  history: ChatMessage[];
  /** Their chunks are the numbered sources, in this order. */
  readings: Reading[];
  models: ModelRef[];
  signal: AbortSignal;
  deadlineAt: number;
  onText: (text: string) => void;
  onRestart: () => void;
};

const maxOutputTokens = 2_000;
const nameOf = ({ provider, model }: ModelRef): string => `${provider}:${model}`;

/**
 * Walks down the models until one writes what the sources bear out, or chooses a tool. What was streamed and is withdrawn is
 * followed by `onRestart`. Throws only when `signal` aborts: a model that cannot is no error here.
 */
export async function generate(deps: { llm: Llm }, input: Input, analyze: Analyze): Promise<Generation> {
  const result: Generation = {
    outcome: undefined,
    model: undefined,
    tokens: { input: 0, output: 0 },
    costUsd: 0,
    firstTokenMs: null,
    failures: [],
  };
  const spend = (spent: { tokens: { input: number; output: number }; costUsd: number }) => {
    result.tokens.input += spent.tokens.input;
    result.tokens.output += spent.tokens.output;
    result.costUsd += spent.costUsd;
  };
  const messages = answerPrompt(input);
  const started = performance.now();

  for (let models = input.models; models.length > 0; ) {
    let firstTokenMs: number | null = null;
    try {
      const reply = await deps.llm.chat({
        workspaceId: input.workspaceId,
        turnId: input.turnId,
        purpose: 'answer',
        models,
        messages,
        tools: answerTools,
        maxOutputTokens,
        deadlineAt: input.deadlineAt,
        signal: input.signal,
        onText: (text) => {
          firstTokenMs ??= performance.now() - started;
          input.onText(text);
        },
        onRestart: () => {
          firstTokenMs = null;
          input.onRestart();
        },
      });
      spend(reply);
      result.failures.push(...reply.failures);
      const judged = judge(reply, input, analyze);
      if (judged.outcome) {
        return { ...result, outcome: judged.outcome, model: reply.model, firstTokenMs };
      }
      result.failures.push({ model: reply.model, reason: judged.reason });
      if (firstTokenMs !== null) input.onRestart();
      models = models.slice(models.findIndex((ref) => nameOf(ref) === reply.model) + 1);
    } catch (error) {
      if (!(error instanceof ChatFailed)) throw error;
      spend(error);
      result.failures.push(...error.failures);
      return result;
    }
  }
  return result;
}

type Judged = { outcome: Generation['outcome']; reason: string };

function judge(
  reply: { text: string; toolCall?: { name: string; arguments: string } },
  input: Pick<Input, 'readings' | 'question' | 'history'>,
  analyze: Analyze,
): Judged {
  if (reply.toolCall) return { outcome: parseToolCall(reply.toolCall), reason: 'wrong_tool_arguments' };
  const said = input.history.filter((message) => message.role === 'user').map((message) => message.content);
  const asked = [...said, input.question].join('\n');
  const checked = checkAnswer({ text: reply.text, sources: input.readings.flat(), asked }, analyze);
  if (!checked.ok) return { outcome: undefined, reason: checked.reason };
  return { outcome: { kind: 'answer', text: checked.text, citations: checked.citations }, reason: '' };
}
