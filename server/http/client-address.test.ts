import { expect, test } from 'vitest';
import { limitedAddress } from './client-address.ts';

test.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1', undefined, '', 'nonsense'])(
  'nobody is counted for %s',
  (ip) => {
    expect(limitedAddress({ ip })).toBeUndefined();
  },
);

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0db8:0000:0000:ffff::', '2001:db8:0:0::/64'],
  ['2001:DB8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s counts as %s', (ip, counted) => {
  expect(limitedAddress({ ip })).toBe(counted);
});
