import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneSlipApart } from './correct-spelling.ts';

test.each([
  ['a letter lost', 'refnd'],
  ['a letter added', 'reffund'],
  ['a letter replaced', 'refind'],
  ['two letters swapped', 'erfund'],
  ['the last letter lost', 'refun'],
  ['a letter added at the end', 'refunds'],
])('%s is one slip', (_name, misspelt) => {
  expect(oneSlipApart(misspelt, 'refund')).toBe(true);
  expect(oneSlipApart('refund', misspelt)).toBe(true);
});

test('two slips are not one, and a word is not one slip from itself', () => {
  expect(oneSlipApart('erfudn', 'refund')).toBe(false);
  expect(oneSlipApart('refund', 'refund')).toBe(false);
  expect(oneSlipApart('refu', 'refund')).toBe(false);
});

test('two words one slip apart share what is left of them when a letter is left out', () => {
  const variants = (word: string) =>
    new Set([word, ...[...word].map((_, at) => word.slice(0, at) + word.slice(at + 1))]);
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 4, maxLength: 6 });
  fc.assert(
    fc.property(letters, letters, (one, other) => {
      if (!oneSlipApart(one, other)) return;
      const shared = [...variants(one)].filter((rest) => variants(other).has(rest));
      expect(shared).not.toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
