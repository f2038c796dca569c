import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startParley, type TestParley } from '../support/start-parley.ts';

let parley: TestParley;
let cookie: string;

beforeAll(async () => {
  parley = await startParley();
  const answer = await fetch(`${parley.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: parley.url },
    body: JSON.stringify({ email: 'owner@example.com', password: 'a-password-for-tests' }),
  });
  cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
});
afterAll(() => parley?.stop());

/** The code of the refusal; undefined: let in. */
function handshake(headers: Record<string, string>): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = io(`${parley.url}/agent`, {
      transports: ['polling'],
      extraHeaders: { cookie, ...headers },
      forceNew: true,
      reconnection: false,
    });
    const end = (code?: string) => {
      socket.disconnect();
      resolve(code);
    };
    socket.once('connect', () => end());
    socket.once('connect_error', (error: Error & { data?: { code: string } }) =>
      end(error.data?.code ?? error.message),
    );
  });
}

describe('a page elsewhere in the browser of a signed-in agent', () => {
  it('gets no agent socket with the cookie', async () => {
    expect(await handshake({ origin: parley.url })).toBeUndefined();
    expect(await handshake({ 'sec-fetch-site': 'same-origin' })).toBeUndefined();
    expect(await handshake({ origin: 'https://evil.example' })).toBe('unauthenticated');
    // another port of the host, or a sibling domain: the cookie goes along, Origin does not
    expect(await handshake({ 'sec-fetch-site': 'same-site' })).toBe('unauthenticated');
    expect(await handshake({ 'sec-fetch-site': 'cross-site' })).toBe('unauthenticated');
  });

  it('cannot open a connection with a script tag', async () => {
    const answer = await fetch(`${parley.url}/socket.io/?EIO=4&transport=polling&j=0`, { headers: { cookie } });
    expect(answer.status).toBe(403);
    expect(await answer.text()).not.toContain('sid');
  });
});
