import { expect, test } from 'vitest';
import { confidenceWords } from './confidence-words.ts';

test('a confidence is said in words, with the number behind', () => {
  expect(confidenceWords(0.61)).toMatch(/^Probably answered \(61\s?%\)$/);
  expect(confidenceWords(0.3)).toMatch(/^Unsure \(30\s?%\)$/);
  expect(confidenceWords(0.15)).toMatch(/^Probably not answered \(15\s?%\)$/);
});
