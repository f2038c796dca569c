import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../server/ids.ts';
import { insertAgent } from '../../server/staff/agent-queries.ts';
import { insertApiKey } from '../../server/staff/api-key-queries.ts';
import { authenticateApiKey, authenticateSession } from '../../server/staff/authenticate.ts';
import { bootstrapWorkspace } from '../../server/staff/bootstrap.ts';
import { hashCredential } from '../../server/staff/credentials.ts';
import { type HttpWorld, startHttpWorld } from '../support/http.ts';
import { type Caller, createCaller } from '../support/http-caller.ts';

const ownerKey = 'pk_live_owner-key-0123456789abcdef';
const password = 'correct horse battery';

let world: HttpWorld;
let url: string;
let workspaceId: string;
/** Calls by the environment's API key: an admin. */
let admin: Caller;
let nobody: Caller;
let agent: Caller;
let stranger: Caller;
let ownerId: string;

async function addKey(workspace: string, role: 'owner' | 'admin' | 'agent', keyRole: 'admin' | 'agent' = 'admin') {
  const email = `${newId()}@example.com`;
  const made = await insertAgent(world.deps.db, {
    workspaceId: workspace,
    email,
    name: `An ${role}`,
    role,
    status: 'active',
    userId: undefined,
  });
  if (!made) throw new Error('no agent');
  const key = `pk_test_${newId()}`;
  await insertApiKey(world.deps.db, {
    workspaceId: workspace,
    agentId: made.id,
    name: 'test',
    role: keyRole,
    prefix: 'pk_test_',
    keyHash: hashCredential(key),
  });
  return { key, agentId: made.id, email };
}

beforeAll(async () => {
  world = await startHttpWorld({ PARLEY_API_KEY: ownerKey, PARLEY_ADMIN_PASSWORD: password });
  ({ workspaceId } = await bootstrapWorkspace(world.deps));
  ({ url } = await world.serve());
  admin = createCaller(url, { key: ownerKey });
  nobody = createCaller(url);
  agent = createCaller(url, { key: (await addKey(workspaceId, 'agent')).key });
  const other = newId();
  await world.deps.db.query('insert into workspaces (id, name) values ($1, $2)', [other, 'Other']);
  stranger = createCaller(url, { key: (await addKey(other, 'owner')).key });
  const owners = await world.deps.db.query<{ id: string }>(
    `select id from agents where workspace_id = $1 and role = 'owner'`,
    [workspaceId],
  );
  ownerId = owners.rows[0]?.id ?? '';
});
afterAll(() => world.stop());

/** Signs in as a browser on our own page does; gives a caller with the cookie. */
async function signIn(email: string, secret: string, origin = url) {
  const answer = await nobody.post('/api/auth/sign-in/email', { email, password: secret }, { origin });
  const cookie = answer.cookies.map((line) => line.split(';')[0]).join('; ');
  return { answer, cookie, caller: createCaller(url, { cookie, origin: url }) };
}

beforeEach(async () => {
  const keys = await world.deps.redis.keys('parley:limit:*');
  if (keys.length > 0) await world.deps.redis.del(keys);
});

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

describe('agents', () => {
  const invite = (caller: Caller, email: string, role?: string) =>
    caller.post('/api/v1/agents', { email, name: 'New Agent', ...(role ? { role } : {}) });

  test('are listed page by page, of this workspace only', async () => {
    const first = await admin.get('/api/v1/agents?limit=2');
    expect(first.status).toBe(200);
    expect(first.body.data).toHaveLength(2);
    expect(first.body.page.hasMore).toBe(true);
    const ids = new Set<string>();
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await admin.get(`/api/v1/agents?limit=2${cursor && `&cursor=${cursor}`}`);
      for (const { id } of page.body.data) ids.add(id);
      cursor = page.body.page.nextCursor;
    }
    const all = await world.deps.db.query('select 1 from agents where workspace_id = $1', [workspaceId]);
    expect(ids.size).toBe(all.rowCount);
    expect((await stranger.get('/api/v1/agents')).body.data).toHaveLength(1);
    expect((await admin.get('/api/v1/agents?cursor=bm9uc2Vuc2U')).status).toBe(422);
    expect((await admin.get('/api/v1/agents?limit=0')).status).toBe(422);
  });

  test('an invitation is accepted once, and then the agent signs in', async () => {
    const invited = await invite(admin, 'New.Agent@example.com', 'admin');
    expect(invited.status).toBe(201);
    expect(invited.body).toMatchObject({ email: 'New.Agent@example.com', role: 'admin', status: 'invited' });
    expect(invited.body.inviteUrl).toMatch(new RegExp(`^${url}/console/invite/inv_[\\w-]{43}$`));
    const token = String(invited.body.inviteUrl).split('/').at(-1) ?? '';
    expect((await nobody.get(`/api/v1/invitations/${token}`)).body).toEqual({
      email: 'New.Agent@example.com',
      name: 'New Agent',
      workspaceName: 'Tarnholt',
    });
    expect((await nobody.post('/api/v1/invitations/accept', { token, password: 'short' })).status).toBe(422);
    const accepts = await Promise.all(
      [1, 2, 3].map(() => nobody.post('/api/v1/invitations/accept', { token, password: 'a new password' })),
    );
    expect(accepts.map((answer) => answer.status).sort()).toEqual([200, 404, 404]);
    expect((await nobody.get(`/api/v1/invitations/${token}`)).status).toBe(404);
    const { caller } = await signIn('new.agent@example.com', 'a new password');
    expect((await caller.get('/api/v1/session')).body.agent).toMatchObject({ role: 'admin' });
    expect((await invite(admin, 'new.agent@EXAMPLE.com')).status).toBe(409);
    const lines = JSON.stringify(world.logged);
    expect(lines).not.toContain(token);
    expect(lines).not.toContain('a new password');
  });

  test('inviting again ends the link before', async () => {
    const first = await invite(admin, 'again@example.com');
    const second = await invite(admin, 'again@example.com', 'admin');
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toMatchObject({ id: first.body.id, role: 'admin' });
    const path = (answer: typeof first) => `/api/v1/invitations/${String(answer.body.inviteUrl).split('/').at(-1)}`;
    expect((await nobody.get(path(first))).status).toBe(404);
    expect((await nobody.get(path(second))).status).toBe(200);
  });

  test('an admin gets no link that would make them an owner', async () => {
    const email = 'next-owner@example.com';
    const { caller: owner } = await signIn('owner@example.com', password);
    const invited = await owner.post('/api/v1/agents', { email, name: 'Next' });
    expect((await owner.patch(`/api/v1/agents/${invited.body.id}`, { role: 'owner' })).status).toBe(200);
    // the environment's key is an admin's
    expect((await admin.post('/api/v1/agents', { email, name: 'Mine' })).status).toBe(403);
    expect((await owner.post('/api/v1/agents', { email, name: 'Next' })).body).toMatchObject({ role: 'owner' });
  });

  test('an invitation ends after seven days, and with the agent', async () => {
    const late = await invite(admin, 'late@example.com');
    await world.deps.db.query(`update invitations set expires_at = now() - interval '1 second' where agent_id = $1`, [
      late.body.id,
    ]);
    const token = String(late.body.inviteUrl).split('/').at(-1) ?? '';
    expect((await nobody.post('/api/v1/invitations/accept', { token, password })).status).toBe(404);

    const taken = await invite(admin, 'taken-back@example.com');
    await admin.patch(`/api/v1/agents/${taken.body.id}`, { status: 'disabled' });
    const takenToken = String(taken.body.inviteUrl).split('/').at(-1) ?? '';
    expect((await nobody.post('/api/v1/invitations/accept', { token: takenToken, password })).status).toBe(404);
    expect((await admin.patch(`/api/v1/agents/${taken.body.id}`, { status: 'active' })).status).toBe(409);
    expect((await invite(admin, 'taken-back@example.com')).status).toBe(200);
  });

  test('an address with an account elsewhere has to give its password', async () => {
    const invited = await stranger.post('/api/v1/agents', { email: 'jonas@example.com', name: 'Jonas' });
    const token = String(invited.body.inviteUrl).split('/').at(-1) ?? '';
    expect((await nobody.post('/api/v1/invitations/accept', { token, password: 'taking over' })).status).toBe(403);
    expect((await nobody.post('/api/v1/invitations/accept', { token, password })).status).toBe(200);
    const { caller } = await signIn('jonas@example.com', password);
    expect((await caller.get('/api/v1/session')).body.workspace.id).toBe(workspaceId);
  });

  test('who is disabled is out at once, by cookie and by key', async () => {
    const { key, agentId } = await addKey(workspaceId, 'agent');
    expect(await authenticateApiKey(world.deps, key)).toBeDefined();
    const { caller } = await signIn('mara@example.com', password);
    const mara = (await caller.get('/api/v1/session')).body.agent.id;
    for (const id of [agentId, mara]) {
      expect((await admin.patch(`/api/v1/agents/${id}`, { status: 'disabled' })).body.status).toBe('disabled');
    }
    expect(await authenticateApiKey(world.deps, key)).toBeUndefined();
    expect((await caller.get('/api/v1/session')).status).toBe(401);
    expect((await signIn('mara@example.com', password)).answer.status).toBe(401);
    await admin.patch(`/api/v1/agents/${mara}`, { status: 'active', name: 'Mara' });
    expect((await signIn('mara@example.com', password)).answer.status).toBe(200);
  });

  test('the last owner stays, and only owners touch owners', async () => {
    const { caller: owner } = await signIn('owner@example.com', password);
    for (const patch of [{ role: 'admin' }, { status: 'disabled' }]) {
      expect((await admin.patch(`/api/v1/agents/${ownerId}`, patch)).status).toBe(403);
      expect((await owner.patch(`/api/v1/agents/${ownerId}`, patch)).status).toBe(409);
    }
    const { agentId } = await addKey(workspaceId, 'admin');
    expect((await admin.patch(`/api/v1/agents/${agentId}`, { role: 'owner' })).status).toBe(403);
    expect((await owner.patch(`/api/v1/agents/${agentId}`, { role: 'owner' })).status).toBe(200);
    expect((await owner.patch(`/api/v1/agents/${agentId}`, { role: 'agent' })).status).toBe(200);
  });
});

describe('API keys', () => {
  test('are shown once, work at once, and not after they are revoked', async () => {
    const made = await admin.post('/api/v1/api-keys', { name: 'CI', role: 'agent' });
    expect(made.status).toBe(201);
    expect(made.body.key).toMatch(/^pk_live_[\w-]{43}$/);
    const caller = createCaller(url, { key: made.body.key });
    expect((await caller.get('/api/v1/session')).body.agent).toMatchObject({ id: ownerId, role: 'agent' });
    expect((await caller.get('/api/v1/api-keys')).status).toBe(403);
    const list = await admin.get('/api/v1/api-keys');
    expect(JSON.stringify(list.body)).not.toContain(made.body.key);
    expect(list.body.data.map((key: { prefix: string }) => key.prefix)).toContain(made.body.key.slice(0, 12));
    expect((await stranger.delete(`/api/v1/api-keys/${made.body.id}`)).status).toBe(404);
    expect((await admin.delete(`/api/v1/api-keys/${made.body.id}`)).status).toBe(204);
    expect((await caller.get('/api/v1/session')).status).toBe(401);
    expect((await admin.delete(`/api/v1/api-keys/${made.body.id}`)).status).toBe(404);
  });

  test('never do more than the agent who made them', async () => {
    const { key } = await addKey(workspaceId, 'agent', 'admin');
    expect(await authenticateApiKey(world.deps, key)).toMatchObject({ role: 'agent', via: 'api_key' });
  });

  test.each(['Bearer', 'Bearer  ', 'Basic abc', `Bearer ${'x'.repeat(600)}`, 'Bearer pk_live_wrong'])(
    'what is no key is nobody: %s',
    async (authorization) => {
      const answer = await nobody.get('/api/v1/session', { authorization });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    },
  );
});

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
