import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Request } from 'express';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Whom a limit by address counts: an IPv4 address, or the /64 that an IPv6 one is in, for that is what one customer of a provider has.
 * Undefined for the machine itself: that is development, or a proxy that TRUST_PROXY does not declare, and one address would
 * stand for everyone.
 */
export function limitedAddress(req: Pick<Request, 'ip'>): string | undefined {
  const address = req.ip?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!address) return undefined;
  if (isIPv4(address)) return loopback.check(address, 'ipv4') ? undefined : address;
  if (!isIPv6(address) || loopback.check(address, 'ipv6')) return undefined;
  return `${groupsOf(address).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address; `::` stands for as many zeros as are missing. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...after].map((group) =>
    group.replace(/^0+(?=.)/, ''),
  );
}
