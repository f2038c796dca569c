import { describe, expect, it } from 'vitest';
import { CallFailed } from './chat-failed.ts';
import { classifyFailure, isRetryable, retryAfterMs } from './classify-failure.ts';

const failed = (status: number, message = '', headers = new Headers()) =>
  Object.assign(new Error(message), { status, headers });

describe('classifyFailure', () => {
  it.each([
    [failed(429), 'rate_limited'],
    [failed(503), 'server_error'],
    [failed(529), 'server_error'],
    [failed(401), 'unauthorized'],
    [failed(404), 'bad_request'],
    [failed(400, "This model's maximum context length is 8192 tokens."), 'context_too_long'],
    [failed(400, 'prompt is too long: 210000 tokens'), 'context_too_long'],
    [new SyntaxError('Unexpected token <'), 'malformed'],
    [new TypeError('fetch failed'), 'unreachable'],
  ])('%s is %s', (error, reason) => expect(classifyFailure(error, false).reason).toBe(reason));

  it('tells a stream that was lost from a server that was never reached', () => {
    expect(classifyFailure(new TypeError('terminated'), true).reason).toBe('cut');
    expect(classifyFailure(new TypeError('terminated'), false).reason).toBe('unreachable');
  });

  it('keeps what is classified already', () => {
    const known = new CallFailed('timed_out');
    expect(classifyFailure(known, true)).toBe(known);
  });

  it('does not try again what cannot get better', () => {
    const hopeless = ['refused', 'context_too_long', 'unauthorized', 'bad_request'] as const;
    expect(hopeless.filter(isRetryable)).toEqual([]);
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-11-22T10:00:00Z');
  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after-ms': '150', 'retry-after': '2' }, 150],
    [{ 'retry-after': 'Sun, 22 Nov 2026 10:00:05 GMT' }, 5_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('%o is %s ms', (headers, expected) =>
    expect(retryAfterMs(new Headers(Object.entries(headers)), now)).toBe(expected),
  );
});
