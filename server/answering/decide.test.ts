import { expect, test } from 'vitest';
import { mayQuote } from './decide.ts';

test('a sure search is quoted whatever the passage says, an unsure one if it speaks of what was asked', () => {
  expect(mayQuote(0.45, 0)).toBe(true);
  expect(mayQuote(0.35, 0)).toBe(false);
  expect(mayQuote(0.35, 0.6)).toBe(true);
});

test('below the lower cut nothing is quoted', () => {
  expect(mayQuote(0.24, 1)).toBe(false);
  expect(mayQuote(0.25, 1)).toBe(true);
});
