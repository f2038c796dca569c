import { expect, test } from 'vitest';
import { createSeal } from './seal.ts';

const seal = createSeal('a secret of thirty-two characters', 'test');

test('what is sealed comes back, and never looks the same twice', () => {
  expect(seal.open(seal.close('grüße'))).toBe('grüße');
  expect(seal.close('a').equals(seal.close('a'))).toBe(false);
});

test('what was changed, or sealed for another purpose or by another secret, does not open', () => {
  const sealed = seal.close('text');
  const changed = Buffer.from(sealed);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  expect(() => seal.open(changed)).toThrow();
  expect(() => createSeal('a secret of thirty-two characters', 'other').open(sealed)).toThrow();
  expect(() => createSeal('another one of thirty-two letters', 'test').open(sealed)).toThrow();
});
