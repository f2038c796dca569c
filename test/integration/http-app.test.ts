import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootstrapWorkspace } from '../../server/staff/bootstrap.ts';
import { type HttpWorld, startHttpWorld } from '../support/http.ts';

let world: HttpWorld;
let url: string;
let inboxKey: string;

beforeAll(async () => {
  world = await startHttpWorld({ PARLEY_API_KEY: 'pk_live_0123456789abcdef0123456789' });
  await bootstrapWorkspace(world.deps);
  ({ url } = await world.serve());
  inboxKey = (await world.deps.db.query<{ key: string }>('select key from inboxes')).rows[0]?.key ?? '';
});
afterAll(() => world.stop());

test('the process says that it lives, and that it is ready', async () => {
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

test('an unknown address is a problem', async () => {
  const answer = await fetch(`${url}/api/v1/nothing`);
  expect(answer.status).toBe(404);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(await answer.json()).toMatchObject({ code: 'not_found', status: 404 });
});

test('a widget session opens', async () => {
  const answer = await fetch(`${url}/api/v1/widget/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ inboxKey }),
  });
  expect(await answer.json()).toMatchObject({ customer: { verified: false }, conversations: [] });
  expect(answer.status).toBe(200);
});
