import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../server/ids.ts';
import { authenticateSession } from '../../server/staff/authenticate.ts';
import { createCaller } from '../support/http-caller.ts';
import { password, type StaffWorld, startStaffWorld } from '../support/staff-world.ts';

let staff: StaffWorld;
let world: StaffWorld['world'];
let url: StaffWorld['url'];
let workspaceId: StaffWorld['workspaceId'];
let ownerId: StaffWorld['ownerId'];
let admin: StaffWorld['admin'];
let nobody: StaffWorld['nobody'];
let signIn: StaffWorld['signIn'];
beforeAll(async () => {
  staff = await startStaffWorld();
  ({ world, url, workspaceId, ownerId, admin, nobody, signIn } = staff);
}, 60_000);
afterAll(() => staff.stop());
beforeEach(() => staff.forgetTries());

describe('signing in', () => {
  test('gives a session in a cookie that scripts cannot read', async () => {
    const { answer, caller } = await signIn('owner@example.com', password);
    expect(answer.status).toBe(200);
    expect(answer.cookies[0]).toMatch(/^parley\.session_token=/);
    expect(answer.cookies[0]).toMatch(/HttpOnly/i);
    expect(answer.cookies[0]).toMatch(/SameSite=Lax/i);
    expect(JSON.stringify(answer.body)).not.toContain('token');
    const session = await caller.get('/api/v1/session');
    expect(session.status).toBe(200);
    expect(session.body).toEqual({
      agent: { id: ownerId, email: 'owner@example.com', name: 'Owner', role: 'owner' },
      workspace: { id: workspaceId, name: 'Tarnholt' },
    });
  });

  test('the cookie is Secure where browsers come by https', async () => {
    const origin = 'https://support.example';
    const served = createCaller((await world.serve({ publicUrl: origin })).url, { origin });
    const answer = await served.post('/api/auth/sign-in/email', { email: 'owner@example.com', password });
    expect(answer.cookies[0]).toMatch(/^__Secure-parley\.session_token=.*; Secure/);
    const cookie = answer.cookies[0]?.split(';')[0] ?? '';
    expect((await served.get('/api/v1/session', { cookie })).status).toBe(200);
  });

  test('a wrong password, an unknown address and an inactive account are told apart only by who knows the password', async () => {
    const wrong = await signIn('owner@example.com', 'not the password');
    const unknown = await signIn('nobody@example.com', 'not the password');
    expect(wrong.answer.status).toBe(401);
    expect({ ...wrong.answer.body, requestId: '' }).toEqual({ ...unknown.answer.body, requestId: '' });
    expect(wrong.answer.type).toContain('application/problem+json');
    expect(wrong.answer.cookies).toEqual([]);
  });

  test('passwords are kept as argon2id', async () => {
    const kept = await world.deps.db.query<{ password: string }>('select password from auth_accounts');
    for (const row of kept.rows) expect(row.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test.each([{}, { email: 'x', password: 'y' }, { email: 'a@example.com' }, []])('refuses %j', async (body) => {
    expect((await nobody.post('/api/auth/sign-in/email', body)).status).toBe(422);
  });

  test('signing out ends the session at once', async () => {
    const { caller, cookie } = await signIn('owner@example.com', password);
    expect((await caller.post('/api/auth/sign-out', {})).status).toBe(200);
    expect((await caller.get('/api/v1/session')).status).toBe(401);
    expect(await authenticateSession(world.deps, { cookie })).toBeUndefined();
  });

  test('a forged or foreign cookie is nobody', async () => {
    const { cookie } = await signIn('owner@example.com', password);
    for (const forged of ['parley.session_token=abc.def', cookie.replace(/.$/, 'x'), 'parley.session_token=']) {
      const answer = await createCaller(url, { cookie: forged }).get('/api/v1/session');
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({ code: 'unauthenticated' });
    }
  });

  test('the eleventh try for an address within a quarter of an hour is refused, even with the right password', async () => {
    for (let tries = 0; tries < 10; tries += 1) {
      expect((await signIn('limited@example.com', 'wrong')).answer.status).toBe(401);
    }
    const { answer } = await signIn('Limited@example.com', password);
    expect(answer.status).toBe(429);
    expect(answer.body).toMatchObject({ code: 'rate_limited' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await signIn('jonas@example.com', password)).answer.status).toBe(200);
  });

  test('an address may try thirty times, whatever names it tries', async () => {
    const proxied = await world.serve({ trustProxy: true });
    const tryFrom = async (address: string, index: number) =>
      (
        await createCaller(proxied.url).post(
          '/api/auth/sign-in/email',
          { email: `${index}@example.com`, password: 'wrong' },
          { 'x-forwarded-for': `1.2.3.4, ${address}` },
        )
      ).status;
    const statuses = await Promise.all(Array.from({ length: 31 }, (_, index) => tryFrom('203.0.113.7', index)));
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    expect(await tryFrom('203.0.113.8', 0)).toBe(401);
  });

  test.each([
    ['POST', '/api/auth/sign-up/email'],
    ['POST', '/api/auth/update-user'],
    ['POST', '/api/auth/delete-user'],
    ['GET', '/api/auth/list-sessions'],
    ['POST', '/api/auth/sign-in/social'],
    ['GET', '/api/auth/ok'],
  ])('%s %s does not exist', async (method, path) => {
    const { caller } = await signIn('owner@example.com', password);
    const answer = await caller.call(method, path, method === 'POST' ? {} : undefined);
    expect(answer.status).toBe(404);
  });

  test('a changed password ends the other sessions; the old one no longer works', async () => {
    const invited = await admin.post('/api/v1/agents', { email: 'changer@example.com', name: 'Changer' });
    const token = String(invited.body.inviteUrl).split('/').at(-1) ?? '';
    await nobody.post('/api/v1/invitations/accept', { token, password: 'first password' });
    const one = await signIn('changer@example.com', 'first password');
    const two = await signIn('changer@example.com', 'first password');
    const change = { currentPassword: 'first password', newPassword: 'second password' };
    expect((await one.caller.post('/api/auth/change-password', { ...change, currentPassword: 'no' })).status).toBe(401);
    expect((await one.caller.post('/api/auth/change-password', change)).status).toBe(200);
    expect((await two.caller.get('/api/v1/session')).status).toBe(401);
    expect((await signIn('changer@example.com', 'first password')).answer.status).toBe(401);
    expect((await signIn('changer@example.com', 'second password')).answer.status).toBe(200);
  });
});

describe('requests by cookie from other pages', () => {
  test.each([
    ['another website', 'https://evil.example'],
    ['an opaque origin', 'null'],
    ['a look-alike', 'URL.evil.example'],
    ['no origin at all', undefined],
  ])('change nothing: %s', async (_, given) => {
    const origin = given?.replace('URL', url);
    const { cookie } = await signIn('owner@example.com', password);
    const caller = createCaller(url, { cookie, ...(origin === undefined ? {} : { origin }) });
    const answer = await caller.post('/api/v1/agents', { email: `${newId()}@example.com`, name: 'Mallory' });
    expect(answer.status).toBe(403);
    expect((await caller.post('/api/auth/sign-out', {})).status).toBe(403);
    expect((await caller.get('/api/v1/session')).status).toBe(200);
  });

  test('cannot sign anybody in either', async () => {
    expect((await signIn('owner@example.com', password, 'https://evil.example')).answer.status).toBe(403);
  });

  test('our own page may, by the public address or by the name it was opened with', async () => {
    const proxied = await world.serve({ publicUrl: 'https://support.example' });
    for (const origin of ['https://support.example', proxied.url]) {
      const caller = createCaller(proxied.url, { origin });
      const signedIn = await caller.post('/api/auth/sign-in/email', { email: 'owner@example.com', password });
      const cookie = signedIn.cookies[0]?.split(';')[0] ?? '';
      expect((await caller.post('/api/v1/api-keys', { name: 'x' }, { cookie })).status).toBe(201);
    }
  });
});
