import { expect, test } from 'vitest';
import { mayQuote } from '../../server/answering/decide.ts';
import { confidenceWords, outlookOf } from './confidence-words.ts';

test('a confidence is said in words, with the number behind', () => {
  expect(confidenceWords(0.61)).toMatch(/^Probably answered \(61\s?%\)$/);
  expect(confidenceWords(0.3)).toMatch(/^Unsure \(30\s?%\)$/);
  expect(confidenceWords(0.15)).toMatch(/^Probably not answered \(15\s?%\)$/);
});

test('the words change where the assistant changes what it does', () => {
  for (let hundredths = 0; hundredths <= 100; hundredths += 1) {
    const confidence = hundredths / 100;
    const isQuoted = mayQuote(confidence, 0);
    const mayBeQuoted = mayQuote(confidence, 1);
    expect(outlookOf(confidence)).toBe(isQuoted ? 'likely' : mayBeQuoted ? 'possible' : 'unlikely');
  }
});
