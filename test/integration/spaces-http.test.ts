import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IndexHealth } from '../../protocol/spaces.ts';
import { newId } from '../../server/ids.ts';
import { openEncoder } from '../../server/knowledge/create-encoder.ts';
import { openSpaces } from '../../server/knowledge/spaces.ts';
import { insertAgent } from '../../server/staff/agent-queries.ts';
import { insertApiKey } from '../../server/staff/api-key-queries.ts';
import { hashCredential } from '../../server/staff/credentials.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';
import { embeddingBy, type ScriptedOpenai, startScriptedOpenai } from '../support/scripted-openai.ts';
import { startParley, type TestParley } from '../support/start-parley.ts';
import { until } from '../support/until.ts';

let openai: ScriptedOpenai;
let parley: TestParley;
let admin: RestClient;
let agent: RestClient;
let stranger: RestClient;
beforeAll(async () => {
  openai = await startScriptedOpenai();
  parley = await startParley(embeddingBy(openai, 'first'));
  admin = createRestClient(parley.url);
  agent = createRestClient(parley.url, await addKey(parley.workspaceId, 'agent'));
  const other = newId();
  await parley.deps.db.query('insert into workspaces (id, name) values ($1, $2)', [other, 'Other']);
  stranger = createRestClient(parley.url, await addKey(other, 'admin'));
}, 60_000);
afterAll(async () => {
  await parley.stop();
  await openai.close();
});

async function addKey(workspaceId: string, role: 'admin' | 'agent'): Promise<string> {
  const person = { workspaceId, email: `${newId()}@example.com`, name: 'Somebody', role, status: 'active' as const };
  const made = await insertAgent(parley.deps.db, { ...person, userId: undefined });
  if (!made) throw new Error('no agent');
  const key = `pk_test_${newId()}`;
  const named = { workspaceId, agentId: made.id, name: 'test', role, prefix: 'pk_test_' };
  await insertApiKey(parley.deps.db, { ...named, keyHash: hashCredential(key) });
  return key;
}

type Problem = { code: string; detail: string; state?: string };
const health = async (rest = admin) => (await rest.get<IndexHealth>('/index')).body;
const spaceOf = async (model: string) => (await health()).spaces.find((space) => space.model === model);

/** What a restart with EMBEDDING_MODEL=openai:MODEL does; the processes of this test keep the first model. */
async function openSpacesOf(model: string): Promise<void> {
  const { config } = parley.deps;
  const encoder = openEncoder({ provider: 'openai', model }, config);
  await openSpaces({ ...parley.deps, encoder });
  await encoder.close();
}

test('a document is searched by the first model; a new one fills its space beside it, is switched to, and undone', async () => {
  await admin.post('/documents', { externalId: 'boots', title: 'Boots', body: 'Boots go back within thirty days.' });
  // the first document starts the thread that reads them
  await until('the document is indexed', async () => (await health()).documents.done === 1, 60_000);
  expect(await health()).toMatchObject({
    spaces: [
      {
        model: 'openai:first',
        state: 'active',
        configured: true,
        usable: true,
        fill: { state: 'done', documents: 1, total: 1, error: null },
      },
    ],
    documents: { pending: 0, running: 0, done: 1, failed: 0, oldestDueAt: null, donePerMinute: 1 },
    failures: [],
  });
  await openSpacesOf('second');
  const second = await until('the second space is searched', async () => {
    const space = await spaceOf('openai:second');
    return space?.state === 'active' ? space : undefined;
  });
  expect(second).toMatchObject({ configured: false, usable: true, fill: { state: 'done', documents: 1, total: 1 } });
  const found = await admin.post<{ results: { title: string; semantic: number }[] }>('/search', { query: 'boots' });
  expect(found.body.results[0]).toMatchObject({ title: 'Boots' });

  const first = await spaceOf('openai:first');
  const undone = await admin.post<IndexHealth>(`/spaces/${first?.id}/activate`);
  expect(undone.status).toBe(200);
  expect(undone.body.spaces.map(({ model, state }) => ({ model, state }))).toEqual([
    { model: 'openai:first', state: 'active' },
    { model: 'openai:second', state: 'kept' },
  ]);
  expect((await admin.post(`/spaces/${second.id}/fill`)).status).toBe(202);
  expect((await admin.delete(`/spaces/${second.id}`)).status).toBe(204);
  expect((await health()).spaces).toHaveLength(1);
  await until('its vectors are gone', async () => {
    const { rowCount } = await parley.deps.db.query('select from embedding_spaces where id = $1', [second.id]);
    return rowCount === 0;
  });
}, 120_000);

test('a switch to a space that is not full is refused with its state, as is deleting the active one', async () => {
  const { workspaceId, deps } = parley;
  const id = newId();
  // filling, but in nobody's line: as long as this test needs
  await deps.db.query(
    `insert into embedding_spaces (workspace_id, id, provider, model, dimensions, state, fill_state, fill_error)
     values ($1, $2, 'openai', 'third', 8, 'filling', 'failed', 'The model is away.')`,
    [workspaceId, id],
  );
  expect(await spaceOf('openai:third')).toMatchObject({
    state: 'filling',
    fill: { state: 'failed', error: 'The model is away.', documents: 0, total: 1 },
  });
  const refused = await admin.post<Problem>(`/spaces/${id}/activate`, {});
  expect(refused).toMatchObject({ status: 409, body: { code: 'transition_not_allowed', state: 'filling' } });
  const active = await spaceOf('openai:first');
  const kept = await admin.delete(`/spaces/${active?.id}`);
  expect(kept).toMatchObject({ status: 409, body: { code: 'transition_not_allowed', state: 'active' } });
  expect((await admin.post(`/spaces/${id}/activate`, { force: 'yes' })).status).toBe(422);
  expect((await admin.delete(`/spaces/${id}`)).status).toBe(204);
});

test('what failed is put in line again, and indexed', async () => {
  const { deps, workspaceId } = parley;
  await deps.db.query(
    `update documents set index_state = 'failed', index_error = 'The model was away.', index_attempt = 6 where workspace_id = $1`,
    [workspaceId],
  );
  expect(await health()).toMatchObject({
    documents: { failed: 1 },
    failures: [{ title: 'Boots', error: 'The model was away.', attempts: 6 }],
  });
  expect(await admin.post('/index/retry')).toEqual({ status: 202, body: { documents: 1 } });
  await until('it is indexed again', async () => (await health()).documents.done === 1);
});

test('what a deleted document said is gone from the statistics without another document', async () => {
  const made = await admin.post<{ id: string }>('/documents', {
    title: 'Secret',
    body: 'Only here stands xylophonist.',
  });
  await until('it is indexed', async () => (await health()).documents.done === 2);
  const words = async () =>
    (
      await parley.deps.db.query(
        `select from word_stats where workspace_id = $1 and word = 'xylophonist' and documents > 0`,
        [parley.workspaceId],
      )
    ).rowCount;
  await until('its words are counted', async () => (await words()) === 1);
  await admin.delete(`/documents/${made.body.id}`);
  await until('its words are gone', async () => (await words()) === 0);
  const left = await parley.deps.db.query('select from stats_removed where workspace_id = $1', [parley.workspaceId]);
  expect(left.rowCount).toBe(0);
});

test('agents may look; changes take an admin; nobody else sees that a space is there', async () => {
  const id = (await spaceOf('openai:first'))?.id ?? '';
  expect((await agent.get('/index')).status).toBe(200);
  const nobody = createRestClient(parley.url, 'pk_live_wrong_wrong_wrong_wrong');
  const calls = (rest: RestClient) => [
    rest.post('/index/retry'),
    rest.post(`/spaces/${id}/activate`),
    rest.post(`/spaces/${id}/fill`),
    rest.delete(`/spaces/${id}`),
  ];
  for (const { status } of await Promise.all(calls(agent))) expect(status).toBe(403);
  for (const { status } of await Promise.all([nobody.get('/index'), ...calls(nobody)])) expect(status).toBe(401);
  const [retried, ...others] = await Promise.all(calls(stranger));
  expect(retried).toEqual({ status: 202, body: { documents: 0 } });
  for (const { status } of others) expect(status).toBe(404);
  expect(await health(stranger)).toMatchObject({ spaces: [], documents: { done: 0 }, failures: [] });
  expect((await admin.post('/spaces/not-an-id/activate')).status).toBe(404);
  expect((await spaceOf('openai:first'))?.state).toBe('active');
});
