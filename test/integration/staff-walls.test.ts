import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../server/ids.ts';
import { type StaffWorld, startStaffWorld } from '../support/staff-world.ts';

let staff: StaffWorld;
let admin: StaffWorld['admin'];
let nobody: StaffWorld['nobody'];
let agent: StaffWorld['agent'];
let stranger: StaffWorld['stranger'];
beforeAll(async () => {
  staff = await startStaffWorld();
  ({ admin, nobody, agent, stranger } = staff);
}, 60_000);
afterAll(() => staff.stop());

describe('walls', () => {
  const calls: [method: string, path: string, body?: unknown][] = [
    ['GET', '/api/v1/session'],
    ['GET', '/api/v1/agents'],
    ['POST', '/api/v1/agents', { email: 'a@example.com', name: 'A' }],
    ['PATCH', `/api/v1/agents/${newId()}`, { name: 'A' }],
    ['GET', '/api/v1/api-keys'],
    ['POST', '/api/v1/api-keys', { name: 'A' }],
    ['DELETE', `/api/v1/api-keys/${newId()}`],
    ['GET', '/api/v1/inboxes'],
    ['POST', '/api/v1/inboxes', { name: 'A' }],
    ['PATCH', `/api/v1/inboxes/${newId()}`, { name: 'A' }],
  ];
  const forAgents = new Set(['GET /api/v1/session', 'GET /api/v1/agents', 'GET /api/v1/inboxes']);

  test.each(calls)(
    '%s %s: nobody without signing in, and what takes an admin only for admins',
    async (method, path, body) => {
      expect((await nobody.call(method, path, body)).status).toBe(401);
      const answer = await agent.call(method, path, body);
      if (forAgents.has(`${method} ${path}`)) expect(answer.status).toBe(200);
      else expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
    },
  );

  test.each([
    ['PATCH', '/api/v1/agents', { name: 'A' }],
    ['PATCH', '/api/v1/inboxes', { name: 'A' }],
    ['DELETE', '/api/v1/api-keys', undefined],
  ])('%s %s/:id of another workspace answers like one that does not exist', async (method, path, body) => {
    const list = await admin.get(path);
    const theirs = await stranger.call(method, `${path}/${list.body.data[0].id}`, body);
    const none = await stranger.call(method, `${path}/${newId()}`, body);
    const [seen, unseen] = [theirs.body, none.body].map((problem) => ({ ...problem, requestId: '' }));
    expect(theirs.status).toBe(404);
    expect(seen).toEqual(unseen);
    expect((await admin.get(path)).body).toEqual(list.body);
  });

  test.each([
    ['POST', '/api/v1/agents', { email: 'not-an-address', name: '' }, ['email', 'name']],
    ['POST', '/api/v1/agents', { email: 'a@example.com', name: 'A', role: 'owner' }, ['role']],
    ['POST', '/api/v1/api-keys', { name: 'A', role: 'owner' }, ['role']],
    ['POST', '/api/v1/inboxes', { name: 'A', allowedOrigins: ['shop.example'] }, ['allowedOrigins.0']],
    ['POST', '/api/v1/inboxes', { name: 'A', identitySecret: 'short' }, ['identitySecret']],
    ['POST', '/api/v1/inboxes', { name: 'A', identityRequired: true }, ['identitySecret']],
    ['POST', '/api/v1/inboxes', { name: 'A', appearance: { color: 'red' } }, ['appearance.color']],
  ])('%s %s says what does not fit: %j', async (method, path, body, paths) => {
    const answer = await admin.call(method, path, body);
    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('invalid_input');
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toEqual(paths);
  });
});

describe('inboxes', () => {
  test('keep their identity secret to themselves, and merge what is changed', async () => {
    const secret = 'a secret of thirty-two characters!!';
    const made = await admin.post('/api/v1/inboxes', { name: 'Shop', identitySecret: secret, identityRequired: true });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ allowedOrigins: [], hasIdentitySecret: true, identityRequired: true });
    expect(made.body.key).toMatch(/^ib_[\w-]{24}$/);
    expect(JSON.stringify(made.body)).not.toContain(secret);
    const path = `/api/v1/inboxes/${made.body.id}`;
    const changed = await admin.patch(path, {
      appearance: { color: '#112233' },
      allowedOrigins: ['https://a.example'],
    });
    expect(changed.body.appearance).toEqual({ ...made.body.appearance, color: '#112233' });
    expect((await admin.patch(path, { identitySecret: null })).status).toBe(422);
    const off = await admin.patch(path, { identitySecret: null, identityRequired: false });
    expect(off.body).toMatchObject({ hasIdentitySecret: false, identityRequired: false, name: 'Shop' });
    expect((await agent.get('/api/v1/inboxes')).body.data.length).toBeGreaterThan(1);
  });
});
