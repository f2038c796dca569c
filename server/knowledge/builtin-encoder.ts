import type { Encoder } from './encoder.ts';
import { createThreadEncoder } from './thread-encoder.ts';

/** The model reads no further than its 128th token; finding out where that is must not take long either. */
const textCharactersMax = 2_400;

/** A text without letters has no tokens, of which no vector can be made. */
const encodable = (text: string) =>
  /[\p{L}\p{N}]/u.test(text) ? text.slice(0, textCharactersMax).toWellFormed() : '.';

/** Universal Sentence Encoder Lite, which ships with Parley and needs neither a key nor a network. */
export function createBuiltinEncoder(): Encoder {
  return createThreadEncoder({
    space: { provider: 'builtin', model: 'use-lite', dimensions: 512 },
    script: new URL('./encoder-thread.ts', import.meta.url),
    prepare: encodable,
    // about 0.1 s
    batch: { textsMax: 16, charactersMax: 2_400 },
    loadTimeoutMs: 60_000,
  });
}
