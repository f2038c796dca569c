import { expect, it } from 'vitest';
import { plainText } from './plain-text.ts';

it('gives the words of markdown in one line', () => {
  expect(plainText('## Returns\n\n- **30 days**, see [the page](https://a.b) [1].\n')).toBe(
    'Returns 30 days, see the page.',
  );
  expect(plainText('Look:\n```js\nconst a = 1;\n```\nIs it right?')).toBe('Look: const a = 1; Is it right?');
  expect(plainText('| a | b |\n|---|---|\n| 1 | 2 |')).toBe('a b 1 2');
});
