import type { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { type Preparation, unpack } from './packed-preparation.ts';
import { type Source, UnreadableError } from './to-markdown.ts';
import { ask, startTypescriptWorker, ThreadTimeout } from './typescript-worker.ts';

/** `titleFromFile`: the title is only a file's name, and the file may say better. */
export type PrepareRequest = { source: Source; title: string; titleFromFile?: boolean; locale: string };

/** A document of a million characters takes about 2 s. */
const prepareTimeoutMs = 45_000;
const idleMs = 10_000;
/** A file that unpacks into more than this ends its thread, and nothing else. */
const resourceLimits = { maxOldGenerationSizeMb: 768, maxYoungGenerationSizeMb: 64 };

const answerSchema = z.union([
  z.object({
    prepared: z.object({
      title: z.string(),
      markdown: z.string(),
      words: z.string(),
      passages: z.array(z.object({ headingPath: z.array(z.string()), text: z.string(), tokens: z.number() })),
      terms: z.instanceof(Int32Array<ArrayBuffer>),
      counts: z.instanceof(Int32Array<ArrayBuffer>),
    }),
  }),
  z.object({ unreadable: z.string() }),
  z.object({ error: z.string() }),
]);

const outOfMemory = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

/*
 * One thread of the process reads documents, one after the other: idle → reading → idle, gone after ten idle seconds, and ended
 * by force when a document takes too long or too much memory. It holds no connection and no state between documents.
 */
let thread: Worker | undefined;
let turn: Promise<unknown> = Promise.resolve();
let idleTimer: NodeJS.Timeout | undefined;

function endThread(): void {
  void thread?.terminate();
  thread = undefined;
}

async function prepareNow(request: PrepareRequest, timeoutMs: number): Promise<Preparation> {
  clearTimeout(idleTimer);
  thread ??= startTypescriptWorker(new URL('./prepare-thread.ts', import.meta.url), 'documents', { resourceLimits });
  try {
    const answer = answerSchema.parse(await ask(thread, request, timeoutMs));
    if ('prepared' in answer) return unpack(answer.prepared);
    if ('unreadable' in answer) throw new UnreadableError(answer.unreadable);
    throw new Error(`the document could not be prepared: ${answer.error}`);
  } catch (error) {
    if (error instanceof UnreadableError) throw error;
    endThread();
    if (error instanceof ThreadTimeout) {
      throw new UnreadableError(
        `Reading it took longer than ${timeoutMs / 1000} seconds. Split it into smaller files.`,
      );
    }
    if (outOfMemory(error)) throw new UnreadableError('Reading it needs too much memory. Split it into smaller files.');
    throw error;
  } finally {
    idleTimer = setTimeout(endThread, idleMs).unref();
  }
}

/** Reads, splits and analyses a document in a thread of its own. Throws UnreadableError with a reason for people. */
export function prepareDocument(request: PrepareRequest, timeoutMs = prepareTimeoutMs): Promise<Preparation> {
  const mine = turn.then(() => prepareNow(request, timeoutMs));
  turn = mine.catch(() => undefined);
  return mine;
}
