import type { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Encoder } from './encoder.ts';
import { ask, startTypescriptWorker } from './typescript-worker.ts';

/** What one message to the thread may hold: a question never waits behind more than this (about 0.2 s). */
const batchTextsMax = 16;
const batchCharactersMax = 2_400;
/** The model's cost grows with the square of the length, and it was made for sentences. */
const textCharactersMax = 2_400;
const batchTimeoutMs = 60_000;

const answerSchema = z.union([z.object({ vectors: z.array(z.array(z.number())) }), z.object({ error: z.string() })]);

type Call = {
  left: string[];
  vectors: number[][];
  signal: AbortSignal | undefined;
  resolve(vectors: number[][]): void;
  reject(error: unknown): void;
};

/** A text without letters has no tokens, which the model refuses. */
const encodable = (text: string) =>
  /[\p{L}\p{N}]/u.test(text) ? text.slice(0, textCharactersMax).toWellFormed() : '.';

function takeBatch(call: Call): string[] {
  const batch: string[] = [];
  let characters = 0;
  for (const text of call.left) {
    if (batch.length >= batchTextsMax || (batch.length > 0 && characters + text.length > batchCharactersMax)) break;
    batch.push(text);
    characters += text.length;
  }
  call.left = call.left.slice(batch.length);
  return batch;
}

/**
 * Universal Sentence Encoder Lite in one thread of this process, loaded at the first use. Calls are cut into small batches, and
 * the call with the least left goes first: a customer's question overtakes the indexing of a book.
 */
export function createBuiltinEncoder(): Encoder {
  const space = { provider: 'builtin', model: 'use-lite', dimensions: 512 };
  let calls: Call[] = [];
  let thread: Worker | undefined;
  let busy = false;
  let closed = false;

  const broken = (detail: string) => new AppError('unavailable', { detail: `built-in encoder: ${detail}` });

  async function encodeBatch(batch: string[]): Promise<number[][]> {
    thread ??= startTypescriptWorker(new URL('./encoder-thread.ts', import.meta.url), 'encoder');
    try {
      const answer = answerSchema.parse(await ask(thread, batch, batchTimeoutMs));
      if ('error' in answer) throw new Error(answer.error);
      return answer.vectors;
    } catch (error) {
      // a new one at the next call: this one may be in the middle of something
      void thread?.terminate();
      thread = undefined;
      throw broken(error instanceof Error ? error.message : String(error));
    }
  }

  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    try {
      for (let call = nextCall(); call; call = nextCall()) {
        try {
          call.vectors.push(...(await encodeBatch(takeBatch(call))));
        } catch (error) {
          calls = calls.filter((waiting) => waiting !== call);
          call.reject(error);
          continue;
        }
        if (call.left.length > 0) continue;
        calls = calls.filter((waiting) => waiting !== call);
        if (call.vectors.every((vector) => vector.length === space.dimensions && vector.every(Number.isFinite))) {
          call.resolve(call.vectors);
        } else call.reject(broken('vectors of another length, or not finite'));
      }
    } finally {
      busy = false;
    }
  }

  function nextCall(): Call | undefined {
    for (const call of calls.filter(({ signal }) => signal?.aborted)) call.reject(call.signal?.reason);
    calls = calls.filter(({ signal }) => !signal?.aborted);
    return calls.toSorted((one, other) => one.left.length - other.left.length)[0];
  }

  return {
    space,
    embed(texts, signal) {
      if (closed) return Promise.reject(broken('closed'));
      if (texts.length === 0) return Promise.resolve([]);
      return new Promise((resolve, reject) => {
        calls.push({ left: texts.map(encodable), vectors: [], signal, resolve, reject });
        void work();
      });
    },
    async close() {
      closed = true;
      for (const call of calls) call.reject(broken('closed'));
      calls = [];
      await thread?.terminate();
      thread = undefined;
    },
  };
}
