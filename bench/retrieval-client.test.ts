import { createServer, type RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createParleyClient, waitMs } from './retrieval-client.ts';
import { batches } from './retrieval-load.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
}

test('a request that came too soon is asked again when it is told to, and its time is that of the good one', async () => {
  let asked = 0;
  const url = await serve((_req, res) => {
    asked += 1;
    if (asked < 3) res.writeHead(429, { 'retry-after': '0' }).end();
    else res.end('{"ok":true}');
  });
  const { body } = await createParleyClient(url, 'key').call('POST', '/search', z.object({ ok: z.boolean() }), {});
  expect([asked, body.ok]).toEqual([3, true]);
});

test('a request on a connection that was just closed is asked again, but not for ever', async () => {
  let asked = 0;
  const url = await serve((req, res) => {
    asked += 1;
    if (asked === 1) req.socket.destroy();
    else res.end('{"ok":true}');
  });
  const client = createParleyClient(url, 'key');
  expect((await client.call('GET', '/documents', z.object({ ok: z.boolean() }))).body.ok).toBe(true);
  const deaf = await serve((req) => req.socket.destroy());
  await expect(createParleyClient(deaf, 'key').call('GET', '/documents', z.unknown())).rejects.toThrow('fetch failed');
});

test('what else is refused is told with its reason', async () => {
  const url = await serve((_req, res) => res.writeHead(403).end('{"title":"Forbidden","detail":"Only admins may."}'));
  const refused = createParleyClient(url, 'key').call('POST', '/documents/batch', z.unknown(), {});
  await expect(refused).rejects.toThrow('POST /documents/batch: 403 Only admins may.');
});

test('Retry-After is read as seconds or as a date, and a second where it is neither', () => {
  const now = Date.parse('2026-11-24T10:00:00Z');
  expect(waitMs('7', now)).toBe(7_000);
  expect(waitMs('Tue, 24 Nov 2026 10:00:05 GMT', now)).toBe(5_000);
  expect(waitMs('Tue, 24 Nov 2026 09:00:00 GMT', now)).toBe(0);
  expect([waitMs(null, now), waitMs('soon', now)]).toEqual([1_000, 1_000]);
});

test('a batch holds at most a hundred documents and a million characters, and every document is in one', () => {
  const document = (id: number, length: number) => ({ id: String(id), title: 't', body: 'x'.repeat(length) });
  const many = batches(Array.from({ length: 250 }, (_, id) => document(id, 10)));
  expect(many.map((batch) => batch.length)).toEqual([100, 100, 50]);
  const long = batches([document(1, 600_000), document(2, 600_000), document(3, 10)]);
  expect(long.map((batch) => batch.map(({ id }) => id))).toEqual([['1'], ['2', '3']]);
});
