import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { publicEndpoint, staffEndpoint } from '../../server/http/endpoint.ts';
import { newId } from '../../server/ids.ts';
import { bootstrapWorkspace } from '../../server/staff/bootstrap.ts';
import { type HttpWorld, startHttpWorld } from '../support/http.ts';
import { type Caller, createCaller } from '../support/http-caller.ts';

const key = 'pk_live_0123456789abcdef0123456789';

let world: HttpWorld;
let url: string;
let caller: Caller;
let nobody: Caller;

beforeAll(async () => {
  world = await startHttpWorld({ PARLEY_API_KEY: key });
  await bootstrapWorkspace(world.deps);
  const responses = {};
  const echo = { tag: 'Test', summary: 'Echoes', responses };
  ({ url } = await world.serve(
    {},
    {
      endpoints: [
        staffEndpoint(
          'staff',
          {
            ...echo,
            method: 'post',
            path: '/echo/:id',
            params: z.object({ id: z.uuid() }),
            query: z.object({ n: z.coerce.number().int().optional() }),
            body: z.object({ text: z.string().max(10), list: z.array(z.object({ a: z.number() })).optional() }),
          },
          async ({ params, query, body }) => ({ status: 200, body: { params, query, body } }),
        ),
        staffEndpoint(
          'staff',
          { ...echo, method: 'post', path: '/documents', body: z.object({ body: z.string() }) },
          async ({ body }) => ({ status: 200, body: body.body.length }),
        ),
        staffEndpoint('staff', { ...echo, method: 'delete', path: '/echo/:id' }, async () => ({ status: 204 })),
        publicEndpoint({ ...echo, method: 'get', path: '/boom' }, async () => {
          throw new Error('the password of the database is hunter2');
        }),
        publicEndpoint({ ...echo, method: 'get', path: '/secret/:token' }, async () => ({ status: 200, body: {} })),
        publicEndpoint({ ...echo, method: 'get', path: '/sleep' }, async () => {
          await world.deps.db.query('select * from no_such_table');
          return { status: 200 };
        }),
      ],
    },
  ));
  caller = createCaller(url, { key });
  nobody = createCaller(url);
});
afterAll(() => world.stop());

const path = (id: string = newId()) => `/api/v1/echo/${id}`;

describe('a request', () => {
  test('is parsed by its schemas', async () => {
    const id = newId();
    const answer = await caller.post(`${path(id)}?n=4`, { text: 'hello', more: 1 });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ params: { id }, query: { n: 4 }, body: { text: 'hello' } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('that does not fit names every field at fault', async () => {
    const answer = await caller.post(path(), { text: 'far too long a text', list: [{ a: 1 }, { a: 'x' }] });
    expect(answer.status).toBe(422);
    expect(answer.type).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ type: 'urn:parley:error:invalid_input', status: 422, code: 'invalid_input' });
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toEqual(['text', 'list.1.a']);
    expect((await caller.post(`${path()}?n=many`, { text: 'x' })).body.errors[0].path).toBe('n');
  });

  test.each(['"text"', '7', '[]', 'null', 'true'])('with JSON that is no object does not fit: %s', async (body) => {
    expect((await caller.post(path(), body)).status).toBe(422);
  });

  test('without a body does not fit where one is wanted', async () => {
    expect((await caller.call('POST', path())).body.errors[0].path).toBe('text');
  });

  test.each(['{"text":', '{text: 1}', 'hello', '{"text":"\u0001"}'])(
    'with broken JSON is malformed: %s',
    async (body) => {
      const answer = await caller.post(path(), body);
      expect([answer.status, answer.body.code]).toEqual([400, 'malformed_request']);
      expect(answer.body.detail).not.toContain('position');
    },
  );

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1'])(
    'in another type is told so: %s',
    async (type) => {
      const answer = await caller.post(path(), '{"text":"a"}', { 'content-type': type });
      expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
    },
  );

  test('larger than a megabyte is refused, except for documents', async () => {
    const large = 'x'.repeat(1_200_000);
    const answer = await caller.post(path(), { text: large });
    expect([answer.status, answer.body.code]).toEqual([413, 'payload_too_large']);
    expect((await caller.post('/api/v1/documents', { body: large })).body).toBe(large.length);
    expect((await caller.post('/api/v1/documents', { body: 'x'.repeat(13_000_000) })).status).toBe(413);
  });

  test('from nobody is refused before anybody looks at what it says', async () => {
    expect((await nobody.post(path('nonsense'), '{')).status).toBe(401);
    expect((await nobody.post('/api/v1/documents', { body: 'x'.repeat(13_000_000) })).status).toBe(401);
  });

  test('for what is no id finds nothing', async () => {
    expect((await caller.post(path('nonsense'), { text: 'a' })).status).toBe(404);
  });

  test('by another method is told which are possible', async () => {
    const answer = await caller.call('PUT', path(), { text: 'a' });
    expect([answer.status, answer.body.code]).toEqual([405, 'method_not_allowed']);
    expect(answer.headers.get('allow')).toBe('POST, DELETE');
    expect((await nobody.call('DELETE', '/console')).status).toBe(405);
    expect((await nobody.get('/api/auth/sign-in/email')).status).toBe(405);
  });

  test.each(['/api/v1/nothing', '/nothing', '/api/auth/nothing', '/healthz/x', '/api/v1/echo/%ff'])(
    'to no address is a problem: %s',
    async (address) => {
      const answer = await nobody.get(address);
      expect([400, 404]).toContain(answer.status);
      expect(answer.type).toContain('application/problem+json');
    },
  );

  test('that fails on our side says nothing about the inside, and the log says it all', async () => {
    const answer = await nobody.get('/api/v1/boom');
    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    expect(JSON.stringify(answer.body)).not.toMatch(/hunter2|Error|at /);
    const line = world.logged.find((entry) => entry.requestId === answer.body.requestId && entry.level === 'error');
    expect(JSON.stringify(line)).toContain('hunter2');
    expect(JSON.stringify((await nobody.get('/api/v1/sleep')).body)).not.toContain('no_such_table');
  });
});

describe('request ids and logs', () => {
  test('a sane id is kept, another replaced', async () => {
    const sane = 'proxy-0123:abc';
    expect((await nobody.get('/healthz', { 'x-request-id': sane })).headers.get('x-request-id')).toBe(sane);
    for (const odd of ['short', 'x'.repeat(200), 'with space and "quotes"', '<script>alert(1)</script>']) {
      const answer = await nobody.get('/api/v1/nothing', { 'x-request-id': odd });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
    }
  });

  test('no path, query, body, key or cookie stands in a log line', async () => {
    world.logged.length = 0;
    await nobody.get('/api/v1/secret/token-in-a-path?token=token-in-a-query', { cookie: 'a=token-in-a-cookie' });
    await nobody.get('/console/invite/token-in-an-invitation');
    await nobody.get('/nothing/token-in-a-wrong-path');
    await caller.post(path(), { text: 'what-they' });
    const lines = JSON.stringify(world.logged);
    expect(lines).toContain('/api/v1/secret/:token');
    expect(lines).not.toMatch(/token-in|what-they|pk_live/);
  });
});

describe('health', () => {
  test('lives, is ready, and counts', async () => {
    expect((await nobody.get('/healthz')).body).toEqual({ status: 'ok' });
    expect((await nobody.get('/readyz')).body).toEqual({ status: 'ready' });
    const metrics = await nobody.get('/metrics');
    expect(metrics.type).toContain('text/plain');
    expect(metrics.body).toMatch(
      /parley_http_request_duration_seconds_count\{method="GET",route="\/readyz",status="200"\} [1-9]/,
    );
    expect(metrics.body).toMatch(/parley_queue_jobs\{queue="turns"\} 0/);
    expect(metrics.body).toContain('process_resident_memory_bytes');
  });

  test('names what it depends on when that does not answer', async () => {
    const broken = { ping: () => Promise.reject(new Error('gone')) };
    const { createApp } = await import('../../server/http/app.ts');
    const { createServer } = await import('node:http');
    const redis = new Proxy(world.deps.redis, {
      get: (target, name) => (name === 'ping' ? broken.ping : Reflect.get(target, name)),
    });
    const server = createServer(createApp({ ...world.deps, redis }, { endpoints: [] })).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const answer = await createCaller(`http://127.0.0.1:${port}`).get('/readyz');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ code: 'unavailable', failing: ['redis'] });
  });
});

test('a client that goes away in the middle of its body harms nobody', async () => {
  const { port } = new URL(url);
  await new Promise<void>((resolve) => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': '1000',
    };
    const asked = request({ port, path: path(), method: 'POST', headers });
    asked.on('error', () => resolve());
    asked.write('{"text":', () => asked.destroy());
  });
  expect((await nobody.get('/healthz')).status).toBe(200);
});
