import { expect, it } from 'vitest';
import { keyName } from './use-keys.ts';

it('names keys alike on all keyboards', () => {
  const key = (values: Partial<KeyboardEvent>) =>
    keyName({ key: 'k', ctrlKey: false, metaKey: false, altKey: false, ...values });
  expect(key({ key: 'J' })).toBe('j');
  expect(key({ metaKey: true })).toBe('mod+k');
  expect(key({ ctrlKey: true })).toBe('mod+k');
  expect(key({ key: 'Escape' })).toBe('escape');
});
