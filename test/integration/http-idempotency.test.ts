import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../server/errors.ts';
import { type Reply, staffEndpoint } from '../../server/http/endpoint.ts';
import { apiKeyEndpoints } from '../../server/http/routes/api-keys.ts';
import { newId } from '../../server/ids.ts';
import { bootstrapWorkspace } from '../../server/staff/bootstrap.ts';
import { deleteExpired } from '../../server/staff/delete-expired.ts';
import { type HttpWorld, startHttpWorld } from '../support/http.ts';
import { type Caller, createCaller } from '../support/http-caller.ts';

const key = 'pk_live_0123456789abcdef0123456789';

let world: HttpWorld;
let caller: Caller;
let other: Caller;
let runs = 0;
let act: (count: number) => Promise<Reply>;

beforeAll(async () => {
  world = await startHttpWorld({ PARLEY_API_KEY: key });
  await bootstrapWorkspace(world.deps);
  const description = {
    method: 'post' as const,
    tag: 'Test',
    summary: 'Counts',
    body: z.object({ value: z.number() }),
    responses: {},
  };
  const count = async () => {
    runs += 1;
    return act(runs);
  };
  const endpoints = [
    staffEndpoint('staff', { ...description, path: '/count' }, count),
    staffEndpoint('staff', { ...description, path: '/count-elsewhere' }, count),
    ...apiKeyEndpoints(world.deps),
  ];
  const { url } = await world.serve({}, { endpoints });
  caller = createCaller(url, { key });

  const workspaceId = newId();
  await world.deps.db.query('insert into workspaces (id, name) values ($1, $2)', [workspaceId, 'Other']);
  const admin = createCaller(url, { key });
  const made = await admin.post('/api/v1/api-keys', { name: 'other' });
  const agentId = newId();
  await world.deps.db.query(
    `insert into agents (workspace_id, id, email, name, role, status) values ($1, $2, 'x@example.com', 'X', 'owner', 'active')`,
    [workspaceId, agentId],
  );
  await world.deps.db.query('update api_keys set workspace_id = $1, agent_id = $2 where id = $3', [
    workspaceId,
    agentId,
    made.body.id,
  ]);
  other = createCaller(url, { key: made.body.key });
});
afterAll(() => world.stop());
beforeEach(() => {
  runs = 0;
  act = async (count) => ({ status: 201, body: { count } });
});

const post = (idempotencyKey: string, value = 1, path = '/api/v1/count', as = caller) =>
  as.post(path, { value }, { 'idempotency-key': idempotencyKey });

test('the same request with the same key runs once and gets the same answer', async () => {
  const id = newId();
  const [first, second] = [await post(id), await post(id)];
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body).toEqual(first.body);
  expect(first.headers.get('idempotency-replayed')).toBeNull();
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect(runs).toBe(1);
});

test('without a key, every request runs', async () => {
  await caller.post('/api/v1/count', { value: 1 });
  await caller.post('/api/v1/count', { value: 1 });
  expect(runs).toBe(2);
});

test.each([
  ['body', () => ({ value: 2, path: '/api/v1/count' })],
  ['address', () => ({ value: 1, path: '/api/v1/count-elsewhere' })],
])('another %s with the same key is a mismatch', async (_, change) => {
  const id = newId();
  await post(id);
  const { value, path } = change();
  const answer = await post(id, value, path);
  expect([answer.status, answer.body.code]).toEqual([422, 'idempotency_mismatch']);
  expect(runs).toBe(1);
});

test('another workspace with the same key knows nothing of it', async () => {
  const id = newId();
  await post(id);
  expect((await post(id, 5, '/api/v1/count', other)).status).toBe(201);
  expect(runs).toBe(2);
});

test('while the first runs, repeats are told to come back, and then get its answer', async () => {
  const id = newId();
  let finish: (reply: Reply) => void = () => {};
  const started = new Promise<void>((resolve) => {
    act = () => {
      resolve();
      return new Promise((done) => {
        finish = done;
      });
    };
  });
  const first = post(id);
  await started;
  const repeats = await Promise.all([post(id), post(id), post(id)]);
  for (const repeat of repeats) {
    expect([repeat.status, repeat.body.code]).toEqual([409, 'conflict']);
    expect(repeat.headers.get('retry-after')).toBe('1');
  }
  finish({ status: 202, body: { late: true } });
  expect((await first).status).toBe(202);
  expect((await post(id)).body).toEqual({ late: true });
  expect(runs).toBe(1);
});

test('of many at once exactly one runs', async () => {
  const id = newId();
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(id)));
  expect(runs).toBe(1);
  for (const answer of answers) {
    if (answer.status === 409) expect(answer.body.code).toBe('conflict');
    else expect(answer.body).toEqual({ count: 1 });
  }
});

test('a refusal is kept, with a request id of its own', async () => {
  const id = newId();
  act = () =>
    Promise.reject(new AppError('transition_not_allowed', { publicMessage: 'No.', extra: { state: 'resolved' } }));
  const [first, second] = [await post(id), await post(id)];
  expect(second.status).toBe(409);
  expect(second.body).toEqual({ ...first.body, requestId: second.body.requestId });
  expect(second.body).toMatchObject({ state: 'resolved', detail: 'No.' });
  expect(second.body.requestId).not.toBe(first.body.requestId);
  expect(runs).toBe(1);
});

test.each(['internal', 'unavailable', 'rate_limited'] as const)(
  '%s is not kept: the repeat runs again',
  async (code) => {
    const id = newId();
    act = () => Promise.reject(new AppError(code));
    await post(id);
    act = async (count) => ({ status: 201, body: { count } });
    expect((await post(id)).body).toEqual({ count: 2 });
  },
);

test('what does not fit is not kept either', async () => {
  const id = newId();
  expect((await caller.post('/api/v1/count', { value: 'x' }, { 'idempotency-key': id })).status).toBe(422);
  expect((await post(id)).status).toBe(201);
});

test.each([' ', 'x'.repeat(256), 'a b'])('refuses the key %j', async (id) => {
  expect((await post(id)).status).toBe(422);
});

describe('age', () => {
  const age = (id: string, interval: string) =>
    world.deps.db.query('update idempotency_keys set created_at = now() - $2::interval where key = $1', [id, interval]);

  test('after a day the key is free again, and its row goes', async () => {
    const id = newId();
    await post(id);
    await age(id, '25 hours');
    expect((await post(id, 2)).status).toBe(201);
    await age(id, '25 hours');
    expect(await deleteExpired(world.deps.db)).toBe(1);
  });

  test('a run that a crash cut off does not block its key for good', async () => {
    const id = newId();
    await post(id);
    await world.deps.db.query('update idempotency_keys set status = null, body = null where key = $1', [id]);
    await age(id, '1 minute');
    expect((await post(id)).status).toBe(409);
    await age(id, '6 minutes');
    expect((await post(id)).status).toBe(201);
    expect(runs).toBe(2);
  });
});

test('a secret in an answer is kept in sealed form, and comes back all the same', async () => {
  const id = newId();
  const make = () => caller.post('/api/v1/api-keys', { name: 'sealed' }, { 'idempotency-key': id });
  const [first, second] = [await make(), await make()];
  expect(second.body).toEqual(first.body);
  const kept = await world.deps.db.query<{ body: Buffer }>('select body from idempotency_keys where key = $1', [id]);
  expect(kept.rows[0]?.body.length).toBeGreaterThan(0);
  expect(kept.rows[0]?.body.toString('latin1')).not.toContain(first.body.key);
});
