import fc from 'fast-check';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { tokensOf } from './count-tokens.ts';

const whole = (text: string) => countTokens(text, { disallowedSpecial: new Set() });

/** What tokens begin and end at: spaces of every kind, ends of lines, marks, slashes, apostrophes, digits, capitals, scripts. */
const parts = [
  ...[' ', '  ', '\t', '\n', '\n\n', '\r\n', '\r', '\u00a0', '\u2028', '\u3000', '\ufeff', '\u0085', '\v', '\u001c'],
  ...['a', 'Boots', 'WARM', 'iPhone', "don't", "'s", 'é', 'e\u0301', 'ß', '靴を返す', 'كتاب', 'ไทย', '👟', '👩‍👩‍👧'],
  ...['1', '12345', '3.14', '.', ',', '...', '!', '/', '//', '\\', '-', '_', '#', '|', '`', '(', '"', '<|endoftext|>'],
];

test('counted piece by piece, a text has as many tokens as counted in one', () => {
  const text = fc.array(fc.oneof(fc.constantFrom(...parts), fc.string({ maxLength: 4 })), { maxLength: 30 });
  fc.assert(
    fc.property(
      text.map((some) => some.join('')),
      (some) => tokensOf(some) === whole(some),
    ),
    { numRuns: 3_000 },
  );
});

test('a name that is special to models is a text like any other', () => {
  expect(tokensOf('It ends with <|endoftext|>.')).toBe(whole('It ends with <|endoftext|>.'));
});
