import { expect, test } from 'vitest';
import { outlookOf } from '../../protocol/quoting-cuts.ts';
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

test('the outlook changes where the assistant changes what it does', () => {
  for (let hundredths = 0; hundredths <= 100; hundredths += 1) {
    const confidence = hundredths / 100;
    const isQuoted = mayQuote(confidence, 0);
    const mayBeQuoted = mayQuote(confidence, 1);
    expect(outlookOf(confidence), `${confidence}`).toBe(isQuoted ? 'likely' : mayBeQuoted ? 'possible' : 'unlikely');
  }
});
