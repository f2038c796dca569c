import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pack, unpack } from './packed-preparation.ts';

const terms = fc.array(fc.integer({ min: 1, max: 1_000_000_000 }), { maxLength: 5 });
const preparation = fc.record({
  title: fc.string(),
  markdown: fc.string(),
  titleTerms: terms,
  words: fc.array(fc.stringMatching(/^[a-zé]+$/), { maxLength: 5 }),
  chunks: fc.array(
    fc.record({
      headingPath: fc.array(fc.string(), { maxLength: 3 }),
      text: fc.string(),
      tokens: fc.nat(),
      headingTerms: terms,
      terms: terms.map((some) => Int32Array.from(some)),
    }),
    { maxLength: 4 },
  ),
});

test('a preparation comes out of its packing as it went in', () => {
  fc.assert(
    fc.property(preparation, (prepared) => {
      expect(unpack(pack(prepared))).toEqual(prepared);
    }),
  );
});
