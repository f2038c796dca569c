import { parentPort } from 'node:worker_threads';
import { z } from 'zod';

const batchSchema = z.array(z.string());

/** The thread's side of an encoder: one message in, one out, in order. An error goes back as its message. */
export function answerBatches(embed: (texts: string[]) => Promise<Float32Array[]>): void {
  const port = parentPort;
  if (!port) throw new Error('This file runs as a worker thread only');
  port.on('message', async (raw) => {
    try {
      port.postMessage({ vectors: await embed(batchSchema.parse(raw)) });
    } catch (error) {
      port.postMessage({ error: error instanceof Error ? error.message : String(error) });
    }
  });
}
