import { expect, test } from 'vitest';
import { neighbours } from './correct-spelling.ts';

test.each([
  ['a letter lost', 'refnd'],
  ['a letter added', 'reffund'],
  ['a letter replaced', 'refund'.replace('u', 'i')],
  ['two letters swapped', 'erfund'],
])('%s is one slip', (_name, misspelt) => {
  expect(neighbours(misspelt)).toContain('refund');
});

test('two slips are not one, and a word is not its own neighbour', () => {
  expect(neighbours('erfudn')).not.toContain('refund');
  expect(neighbours('refund')).not.toContain('refund');
});

test('letters of the word itself count beside the alphabet', () => {
  expect(neighbours('größße')).toContain('größe');
});
