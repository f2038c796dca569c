import { answerBatches } from './answer-batches.ts';
import { loadUseLite } from './use-lite/use-lite.ts';

/* The built-in encoder, which computes for tens of milliseconds at a time and so never runs on an event loop. */

const loading = loadUseLite();
answerBatches(async (texts) => (await loading).embed(texts));
