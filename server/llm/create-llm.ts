import type { Config, ModelRef } from '../config.ts';
import type { Db } from '../db/pool.ts';
import type { Log } from '../log.ts';
import { type Attempt, attempt, type Patience } from './attempt.ts';
import { type CallFailed, ChatFailed } from './chat-failed.ts';
import { isRetryable } from './classify-failure.ts';
import { createLedger } from './ledger.ts';
import type { ChatRequest, ChatResult, Llm } from './llm.ts';
import type { Model } from './model.ts';
import { type Endpoints, openModel } from './open-model.ts';
import { costOf } from './prices.ts';

export type LlmOptions = Partial<Patience> &
  Endpoints & {
    /** Calls per model, the first included. */
    attemptsMax?: number;
    /** Before the second attempt; doubles from there, with jitter. */
    backoffMs?: number;
    /** Whoever asks to wait longer is passed over for the next model. */
    retryAfterMaxMs?: number;
  };

const defaults = { firstChunkMs: 30_000, idleMs: 15_000, attemptsMax: 3, backoffMs: 400, retryAfterMaxMs: 15_000 };

/** About four characters to a token, where the provider does not count. */
const estimateTokens = (characters: number): number => Math.ceil(characters / 4);

function tokensOf(request: ChatRequest, ended: Attempt): { input: number; output: number } {
  if (ended.usage) return ended.usage;
  // refused before it began: nothing was read and nothing is billed
  if (ended.firstTokenMs === null && ended.failure && ended.failure.reason !== 'empty') return { input: 0, output: 0 };
  const input = request.messages.reduce((sum, message) => sum + message.content.length, 0);
  const output = ended.text.length + (ended.toolCall?.arguments.length ?? 0);
  return { input: estimateTokens(input), output: estimateTokens(output) };
}

async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    signal.addEventListener('abort', done, { once: true });
  });
}

/**
 * The one place that talks to models. `close` waits until the ledger is written, at most five seconds.
 */
export function createLlm(
  config: Pick<Config, 'models'>,
  db: Db,
  log: Log,
  options: LlmOptions = {},
): Llm & { close(): Promise<void> } {
  const settings = { ...defaults, ...options };
  const ledger = createLedger(db, log);
  const opened = new Map<ModelRef['provider'], Promise<Model>>();

  const modelOf = (provider: ModelRef['provider']): Promise<Model> => {
    const known = opened.get(provider);
    if (known) return known;
    const opening = openModel(provider, config.models, settings);
    opened.set(provider, opening);
    opening.catch(() => opened.delete(provider));
    return opening;
  };

  const record = (request: ChatRequest, ref: ModelRef, ended: Attempt) => {
    const tokens = tokensOf(request, ended);
    const cost = costOf(`${ref.provider}:${ref.model}`, tokens);
    ledger.record({
      workspaceId: request.workspaceId,
      turnId: request.turnId,
      purpose: request.purpose,
      provider: ref.provider,
      model: ref.model,
      status: ended.aborted ? 'aborted' : ended.failure ? 'failed' : 'ok',
      reason: ended.failure?.reason,
      tokens,
      tokensEstimated: ended.usage === undefined,
      costUsd: cost.costUsd,
      priceKnown: cost.known,
      firstTokenMs: ended.firstTokenMs,
      durationMs: ended.durationMs,
    });
    return { tokens, costUsd: cost.costUsd };
  };

  /** How long to wait before the same model is asked again; undefined: it is not. */
  const waitFor = (request: ChatRequest, failure: CallFailed, tried: number): number | undefined => {
    if (!isRetryable(failure.reason) || tried >= settings.attemptsMax) return undefined;
    const backoff = settings.backoffMs * 2 ** (tried - 1) * (0.5 + Math.random());
    if (failure.retryAfterMs !== undefined && failure.retryAfterMs > settings.retryAfterMaxMs) return undefined;
    const wait = Math.max(backoff, failure.retryAfterMs ?? 0);
    return request.deadlineAt !== undefined && Date.now() + wait >= request.deadlineAt ? undefined : wait;
  };

  const chat = async (request: ChatRequest): Promise<ChatResult> => {
    const failures: { model: string; reason: string }[] = [];
    const spent = { tokens: { input: 0, output: 0 }, costUsd: 0 };
    let cause: unknown;
    for (const ref of request.models) {
      const name = `${ref.provider}:${ref.model}`;
      for (let tried = 1; ; tried += 1) {
        request.signal.throwIfAborted();
        const model = await modelOf(ref.provider);
        request.signal.throwIfAborted();
        const ended = await attempt(
          model,
          {
            model: ref.model,
            messages: request.messages,
            tools: request.tools ?? [],
            maxOutputTokens: request.maxOutputTokens,
            signal: request.signal,
          },
          settings,
          request.onText,
        );
        const { tokens, costUsd } = record(request, ref, ended);
        spent.tokens = { input: spent.tokens.input + tokens.input, output: spent.tokens.output + tokens.output };
        spent.costUsd += costUsd;
        request.signal.throwIfAborted();
        const streamed = ended.text !== '';
        if (!ended.failure) {
          // what was written before a tool call was not meant for the customer
          if (ended.toolCall && streamed) request.onRestart?.();
          return {
            text: ended.toolCall ? '' : ended.text,
            toolCall: ended.toolCall,
            model: name,
            ...spent,
            firstTokenMs: ended.firstTokenMs,
            failures,
          };
        }
        failures.push({ model: name, reason: ended.failure.reason });
        cause = ended.failure.cause;
        if (streamed) request.onRestart?.();
        const wait = waitFor(request, ended.failure, tried);
        if (wait === undefined) break;
        await pause(wait, request.signal);
      }
    }
    throw new ChatFailed(failures, spent, cause);
  };

  return {
    chat,
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, 5_000);
      });
      await Promise.race([ledger.drain(), limit]);
      clearTimeout(timer);
    },
  };
}
