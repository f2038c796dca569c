import type { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { checkVector, type EmbeddingSpaceKey, type Encoder, type TextKind, unusable } from './encoder.ts';
import { ask, startTypescriptWorker } from './typescript-worker.ts';

export type ThreadEncoderOptions = {
  space: EmbeddingSpaceKey;
  /** The thread answers each list of texts with `{vectors}` or `{error}`, a reason for people. */
  script: URL;
  /** What the thread finds as its `workerData`. */
  data?: unknown;
  prepare(text: string, kind: TextKind): string;
  /** What one message to the thread may hold: a question never waits behind more than this. */
  batch: { textsMax: number; charactersMax: number };
  /** For the first message, which also loads the model. */
  loadTimeoutMs: number;
};

const batchTimeoutMs = 60_000;

const answerSchema = z.union([
  z.object({ vectors: z.array(z.instanceof(Float32Array)) }),
  z.object({ error: z.string() }),
]);

type Call = {
  left: string[];
  vectors: number[][];
  signal: AbortSignal | undefined;
  resolve(vectors: number[][]): void;
  reject(error: unknown): void;
};

/**
 * A model in one thread of this process, loaded at the first use. Calls are cut into small batches, and the call with the least
 * left goes first: a customer's question overtakes the indexing of a book.
 */
export function createThreadEncoder({
  space,
  script,
  data,
  prepare,
  batch,
  loadTimeoutMs,
}: ThreadEncoderOptions): Encoder {
  let calls: Call[] = [];
  let thread: Worker | undefined;
  let timeoutMs = loadTimeoutMs;
  let busy = false;
  let closed = false;

  function takeBatch(call: Call): string[] {
    let characters = 0;
    let count = 0;
    for (const text of call.left) {
      characters += text.length;
      if (count >= batch.textsMax || (count > 0 && characters > batch.charactersMax)) break;
      count += 1;
    }
    return call.left.splice(0, count);
  }

  async function encodeBatch(texts: string[]): Promise<number[][]> {
    thread ??= startTypescriptWorker(script, 'encoder', { workerData: data });
    try {
      const answer = answerSchema.parse(await ask(thread, texts, timeoutMs));
      if ('error' in answer) throw new Error(answer.error);
      timeoutMs = batchTimeoutMs;
      for (const vector of answer.vectors) checkVector(space, vector);
      return answer.vectors.map((vector) => [...vector]);
    } catch (error) {
      // a new one at the next call: this one may be in the middle of something
      void thread?.terminate();
      thread = undefined;
      timeoutMs = loadTimeoutMs;
      throw error;
    }
  }

  function settle(call: Call): void {
    calls = calls.filter((waiting) => waiting !== call);
  }

  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    try {
      for (let call = nextCall(); call; call = nextCall()) {
        try {
          call.vectors.push(...(await encodeBatch(takeBatch(call))));
        } catch (error) {
          settle(call);
          call.reject(asUnusable(error));
          continue;
        }
        if (call.left.length > 0) continue;
        settle(call);
        call.resolve(call.vectors);
      }
    } finally {
      busy = false;
    }
  }

  function asUnusable(error: unknown) {
    if (error instanceof AppError) return error;
    return unusable(space, error instanceof Error ? error.message : String(error), error);
  }

  function nextCall(): Call | undefined {
    for (const call of calls.filter(({ signal }) => signal?.aborted)) call.reject(call.signal?.reason);
    calls = calls.filter(({ signal }) => !signal?.aborted);
    return calls.toSorted((one, other) => one.left.length - other.left.length)[0];
  }

  return {
    space,
    embed(texts, kind, signal) {
      if (closed) return Promise.reject(unusable(space, 'it is closed'));
      if (texts.length === 0) return Promise.resolve([]);
      return new Promise((resolve, reject) => {
        calls.push({ left: texts.map((text) => prepare(text, kind)), vectors: [], signal, resolve, reject });
        void work();
      });
    },
    async close() {
      closed = true;
      for (const call of calls) call.reject(unusable(space, 'it is closed'));
      calls = [];
      await thread?.terminate();
      thread = undefined;
    },
  };
}
