import { expect, test } from 'vitest';
import { messageBodyMax } from '../../protocol/common.ts';
import { plainText, safeAddress, splitBlocks, splitMarkers } from './markdown.ts';
import { messageMax } from './message-max.ts';

test('only pages and e-mail addresses are links', () => {
  expect(safeAddress('https://shop.example/a?b=1')).toBe('https://shop.example/a?b=1');
  expect(safeAddress('mailto:help@shop.example')).toBe('mailto:help@shop.example');
  for (const href of [
    'javascript:alert(1)',
    ' java\nscript:alert(1)',
    'data:text/html,x',
    '/relative',
    '//host',
    'vbscript:x',
    'blob:https://a',
    '',
  ]) {
    expect(safeAddress(href), href).toBeUndefined();
  }
});

test('a growing text keeps the blocks that are finished', () => {
  const before = splitBlocks('One.\n\nTwo');
  const after = splitBlocks('One.\n\nTwo and more.\n\n- a');
  expect(after[0]?.raw).toBe(before[0]?.raw);
  expect(after).toHaveLength(3);
});

test('markers are told from other brackets', () => {
  expect(splitMarkers('so [1][12] and [x] or [123]')).toEqual([
    'so ',
    { marker: 1 },
    '',
    { marker: 12 },
    ' and [x] or [123]',
  ]);
});

test('text that nests without end is shown as it stands', () => {
  const deep = `${'> '.repeat(5_000)}x`;
  expect(
    splitBlocks(deep)
      .map(({ raw }) => raw)
      .join(''),
  ).toContain('x');
});

test('screen readers get words, not marks', () => {
  expect(plainText('**Bold** [link](https://x.example) `code` [1]\n\n# Title')).toBe('Bold link code Title');
  expect(plainText('| To | Cost |\n| :-- | --- |\n| Norway | €14.90 |\n\n- one\n- e-mail')).toBe(
    'To Cost Norway €14.90 one e-mail',
  );
});

test('the composer knows how long a message may be', () => {
  expect(messageMax).toBe(messageBodyMax);
});
