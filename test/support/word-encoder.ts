import type { Encoder } from '../../server/knowledge/encoder.ts';
import { type Encoders, isModelOf } from '../../server/knowledge/encoders.ts';

export type WordEncoder = Encoder & {
  /** Called before each answer; what it throws is what the encoder throws. */
  before: (texts: string[]) => Promise<unknown> | unknown;
};

/** Texts that share words are near each other. Another length is another model: its vectors cannot be compared. */
export function createWordEncoder(model: string, dimensions: number): WordEncoder {
  const encoder: WordEncoder = {
    space: { provider: 'test', model, dimensions },
    before: () => undefined,
    async embed(texts, _kind, signal) {
      await encoder.before(texts);
      signal?.throwIfAborted();
      return texts.map((text) => embed(text, dimensions));
    },
    close: async () => undefined,
  };
  return encoder;
}

function embed(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0.01);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    let hash = 7;
    for (const letter of word) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
    const at = hash % dimensions;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** The first is the configured one; a space of any other model than these cannot be used. */
export function encodersOf(configured: Encoder, ...others: Encoder[]): { encoder: Encoder; encoders: Encoders } {
  const encoders: Encoders = {
    configured,
    of: (space) => [configured, ...others].find((encoder) => isModelOf(encoder.space, space)),
    likely: () => configured,
    noticed: () => undefined,
    close: async () => undefined,
  };
  return { encoder: configured, encoders };
}
