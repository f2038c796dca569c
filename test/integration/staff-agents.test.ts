import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { authenticateApiKey } from '../../server/staff/authenticate.ts';
import { type Caller, createCaller } from '../support/http-caller.ts';
import { password, type StaffWorld, startStaffWorld } from '../support/staff-world.ts';

let staff: StaffWorld;
let world: StaffWorld['world'];
let url: StaffWorld['url'];
let workspaceId: StaffWorld['workspaceId'];
let ownerId: StaffWorld['ownerId'];
let admin: StaffWorld['admin'];
let nobody: StaffWorld['nobody'];
let stranger: StaffWorld['stranger'];
let signIn: StaffWorld['signIn'];
let addKey: StaffWorld['addKey'];
beforeAll(async () => {
  staff = await startStaffWorld();
  ({ world, url, workspaceId, ownerId, admin, nobody, stranger, signIn, addKey } = staff);
}, 60_000);
afterAll(() => staff.stop());
beforeEach(() => staff.forgetTries());

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
    const { key, agentId } = await addKey('agent');
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
    const { agentId } = await addKey('admin');
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
    const { key } = await addKey('agent', 'admin');
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
