import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootstrapWorkspace } from '../../server/staff/bootstrap.ts';
import { type HttpWorld, startHttpWorld } from '../support/http.ts';
import { type Caller, createCaller } from '../support/http-caller.ts';

const key = 'pk_test_inputs-0123456789abcdef';
let world: HttpWorld;
let url: string;
let admin: Caller;

beforeAll(async () => {
  world = await startHttpWorld({ PARLEY_API_KEY: key });
  await bootstrapWorkspace(world.deps);
  ({ url } = await world.serve());
  admin = createCaller(url, { key });
});
afterAll(() => world.stop());

const cursor = (text: string) => encodeURIComponent(Buffer.from(text).toString('base64url'));
const conversation = `/api/v1/conversations/${randomUUID()}`;

describe('what the database cannot hold is refused or mended before it gets there', () => {
  it.each([
    ['/api/v1/conversations?q=a%00b', 200],
    ['/api/v1/documents?q=%00', 200],
    ['/api/v1/documents?externalId=a%00', 200],
    [`/api/v1/conversations?cursor=${cursor(`9999-99-99 99:99:99+00|${randomUUID()}`)}`, 422],
    [`/api/v1/conversations?cursor=${cursor(`2026-01-01 00:00:00+00|${'-'.repeat(36)}`)}`, 422],
    [`/api/v1/documents?cursor=${cursor(JSON.stringify(['2026', randomUUID()]))}`, 422],
    [`${conversation}/messages?afterSeq=99999999999`, 422],
  ])('GET %s answers %i', async (path, status) => {
    expect((await admin.get(path)).status).toBe(status);
  });

  it.each([
    ['/api/v1/documents', { title: 't', body: 'b', externalId: 'a\u0000' }, 422],
    ['/api/v1/documents', { title: 'a\ud83d', body: 'b' }, 201],
    ['/api/v1/inboxes', { name: 'a\u0000b' }, 201],
    ['/api/v1/inboxes', { name: 'a', appearance: { greeting: 'a\u0000\ud800' } }, 201],
    ['/api/v1/inboxes', { name: ' \u0000 ' }, 422],
    ['/api/v1/agents', { email: 'nul@example.com', name: 'a\u0000b' }, 201],
    ['/api/v1/api-keys', { name: 'a\u0000b' }, 201],
    [`${conversation}/handoff`, { reason: 'a\u0000b' }, 404],
    [`${conversation}/messages`, { clientMessageId: 'a\u0000', body: 'b' }, 422],
    [`${conversation}/messages`, { clientMessageId: 'a\ud800', body: 'b' }, 422],
  ])('POST %s %j answers %i', async (path, body, status) => {
    expect((await admin.post(path, body)).status).toBe(status);
  });

  it('a body too deep to be written again is the caller’s fault', async () => {
    const deep = `{"name":"x","more":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await admin.post('/api/v1/inboxes', deep, { 'idempotency-key': 'deep' })).status).toBe(400);
  });

  it('none of it is an error of ours', () => {
    expect(world.logged.filter((line) => line.level === 'error')).toEqual([]);
  });
});
