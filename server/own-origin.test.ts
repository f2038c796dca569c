import { expect, test } from 'vitest';
import { isOwnOrigin } from './own-origin.ts';

const config = { publicUrl: 'https://support.example/' };

test.each([
  ['https://support.example', '10.0.0.1:3000', true],
  ['http://10.0.0.1:3000', '10.0.0.1:3000', true],
  ['https://chat.example', 'chat.example', true],
  ['https://chat.example', 'chat.example:443', true],
  ['https://support.example.evil.test', 'chat.example', false],
  ['https://evil.test', 'chat.example', false],
  ['https://chat.example:8443', 'chat.example', false],
  ['null', 'null', false],
  ['', '', false],
  ['file://chat.example', 'chat.example', false],
  [undefined, 'chat.example', false],
  ['https://evil.test', undefined, false],
])('origin %s at host %s: %s', (origin, host, own) => {
  expect(isOwnOrigin(config, { origin, host })).toBe(own);
});
