import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EvalCase, EvalRun } from '../../protocol/evaluation.ts';
import type { Document } from '../../protocol/knowledge.ts';
import { newId } from '../../server/ids.ts';
import { insertAgent } from '../../server/staff/agent-queries.ts';
import { insertApiKey } from '../../server/staff/api-key-queries.ts';
import { hashCredential } from '../../server/staff/credentials.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';
import { startParley, type TestParley } from '../support/start-parley.ts';
import { until } from '../support/until.ts';

let parley: TestParley;
let admin: RestClient;
let agent: RestClient;
let stranger: RestClient;
let nobody: RestClient;
let documents: Record<'returns' | 'delivery' | 'gifts', string>;

type Page<Item> = { data: Item[]; page: { nextCursor: string | null; hasMore: boolean } };

async function clientOf(workspaceId: string, role: 'admin' | 'agent'): Promise<RestClient> {
  const { db } = parley.deps;
  const email = `${newId()}@example.com`;
  const made = await insertAgent(db, {
    workspaceId,
    email,
    name: 'Someone',
    role,
    status: 'active',
    userId: undefined,
  });
  const key = `pk_test_${newId()}`;
  const keyHash = hashCredential(key);
  await insertApiKey(db, { workspaceId, agentId: made?.id ?? '', name: 'test', role, prefix: 'pk_test_', keyHash });
  return createRestClient(parley.url, key);
}

beforeAll(async () => {
  parley = await startParley();
  admin = createRestClient(parley.url);
  nobody = createRestClient(parley.url, 'pk_live_wrong_wrong_wrong_wrong');
  agent = await clientOf(parley.workspaceId, 'agent');
  const other = newId();
  await parley.deps.db.query('insert into workspaces (id, name) values ($1, $2)', [other, 'Other']);
  stranger = await clientOf(other, 'admin');
  const articles = {
    returns: { title: 'Returns', body: 'Boots go back within thirty days, and the money is refunded.' },
    delivery: { title: 'Delivery', body: 'Parcels arrive in two working days.' },
    gifts: { title: 'Gift cards', body: 'A gift card is valid for three years.' },
  };
  const made = await admin.post<{ data: Document[] }>('/documents/batch', { documents: Object.values(articles) });
  const [returns, delivery, gifts] = made.body.data.map(({ id }) => id);
  documents = { returns: returns ?? '', delivery: delivery ?? '', gifts: gifts ?? '' };
  const isIndexed = async () => {
    const { body } = await admin.get<Page<Document>>('/documents');
    return body.data.every(({ index }) => index.state === 'done');
  };
  await until('all is indexed', isIndexed, 60_000);
}, 90_000);
afterAll(() => parley.stop());

const add = (body: object) => admin.post<EvalCase>('/eval-cases', body);
const list = async () => (await admin.get<Page<EvalCase>>('/eval-cases')).body.data;

/** Asks for a run, and gives it when it has ended. */
async function run(client = admin): Promise<EvalRun> {
  const { status, body } = await client.post<EvalRun>('/eval-runs');
  expect(status).toBe(202);
  return ended(body.id, client);
}

const ended = (id: string, client = admin) =>
  until('the run has ended', async () => {
    const { body } = await client.get<EvalRun>(`/eval-runs/${id}`);
    return (body.state === 'done' || body.state === 'failed') && body;
  });
const resultsOf = async () => new Map((await list()).map(({ id, last }) => [id, last]));

test('a question is added, listed, measured, deleted and brought back', async () => {
  const history = [{ role: 'customer', body: 'I bought boots' }];
  const made = await add({
    question: 'Can I send them back?',
    history,
    answerable: true,
    documentIds: [documents.returns, documents.returns],
    audience: 'public',
    locale: 'en',
  });
  expect(made).toMatchObject({
    status: 201,
    body: {
      question: 'Can I send them back?',
      history,
      answerable: true,
      audience: 'public',
      locale: 'en',
      documents: [{ id: documents.returns, title: 'Returns' }],
      last: null,
    },
  });
  const none = await add({ question: 'Do you sell bicycles?', answerable: false });
  expect(none.body.documents).toEqual([]);
  expect((await list()).map(({ id }) => id)).toEqual([none.body.id, made.body.id]);

  const measured = await run();
  expect(measured).toMatchObject({ state: 'done', progress: { done: 2, total: 2 }, error: null });
  expect(measured.tookMs).toBeGreaterThan(0);
  expect(measured.figures).toMatchObject({ answerable: 1, unanswerable: 1, skipped: 0, hit1: 1, hit3: 1, mrr10: 1 });
  const results = await resultsOf();
  const [ofNone, ofMade] = [results.get(none.body.id), results.get(made.body.id)];
  expect(ofMade?.rank).toBe(1);
  expect(ofNone?.rank).toBe(null);
  expect(measured.figures?.auroc).toBe((ofMade?.confidence ?? 0) > (ofNone?.confidence ?? 1) ? 1 : 0);

  expect((await admin.delete(`/eval-cases/${made.body.id}`)).status).toBe(204);
  expect((await list()).map(({ id }) => id)).toEqual([none.body.id]);
  expect((await run()).figures).toMatchObject({ answerable: 0, unanswerable: 1, hit1: null, auroc: null });
  const restored = await admin.post<EvalCase>(`/eval-cases/${made.body.id}/restore`);
  expect(restored).toMatchObject({ status: 200, body: { id: made.body.id, last: { rank: 1 } } });
  expect((await list()).map(({ id }) => id)).toEqual([none.body.id, made.body.id]);

  const runs = await admin.get<Page<EvalRun>>('/eval-runs?limit=1');
  expect(runs.body.data[0]?.figures).toMatchObject({ answerable: 0, unanswerable: 1 });
  expect(runs.body.page.hasMore).toBe(true);
});

test('a deleted document leaves its question with its title, and the question is not counted', async () => {
  const { body: lost } = await admin.post<Document>('/documents', { title: 'Lost', body: 'All about umbrellas.' });
  const made = await add({ question: 'Where are umbrellas?', answerable: true, documentIds: [lost.id] });
  expect((await admin.delete(`/documents/${lost.id}`)).status).toBe(204);
  const listed = (await list()).find(({ id }) => id === made.body.id);
  expect(listed?.documents).toEqual([{ id: null, title: 'Lost' }]);
  expect((await run()).figures?.skipped).toBe(1);
  expect((await resultsOf()).get(made.body.id)).toBe(null);
  await admin.delete(`/eval-cases/${made.body.id}`);
});

test('what is asked already is refused with the question that is there, whatever its case, spaces and documents', async () => {
  const made = await add({ question: 'Größe  der Stiefel?', answerable: true, documentIds: [documents.returns] });
  const alike = [' größe der\n\tstiefel? ', 'GRÖßE DER STIEFEL?', 'Größe\u00a0der Stiefel?'];
  for (const question of alike) {
    expect(await add({ question, answerable: false })).toMatchObject({
      status: 409,
      body: { code: 'conflict', evalCase: { id: made.body.id, documents: [{ title: 'Returns' }] } },
    });
  }
  const elsewhere = [
    { question: 'Größe der Stiefel', answerable: false },
    { question: 'Größe der Stiefel?', answerable: false, audience: 'internal' },
    { question: 'Größe der Stiefel?', answerable: false, locale: 'de' },
    { question: 'Größe der Stiefel?', answerable: false, history: [{ role: 'customer', body: 'For my son' }] },
  ];
  const others = await Promise.all(elsewhere.map(add));
  expect(others.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  const theirs = await stranger.post<EvalCase>('/eval-cases', { question: 'Größe der Stiefel?', answerable: false });
  expect(theirs.status).toBe(201);
  await stranger.delete(`/eval-cases/${theirs.body.id}`);
  for (const { body } of [made, ...others]) await admin.delete(`/eval-cases/${body.id}`);
});

test('of two who add the same question at once one succeeds', async () => {
  const both = await Promise.all([
    add({ question: 'Both at once?', answerable: false }),
    add({ question: 'both at once?', answerable: false }),
  ]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  const asked = (await list()).filter(({ question }) => /both at once/i.test(question));
  expect(asked).toHaveLength(1);
  await admin.delete(`/eval-cases/${asked[0]?.id}`);
});

test('a deleted question can be added again, and is then not brought back beside it', async () => {
  const first = await add({ question: 'Once more?', answerable: false });
  await admin.delete(`/eval-cases/${first.body.id}`);
  const second = await add({ question: 'Once more?', answerable: true, documentIds: [documents.gifts] });
  expect(second.status).toBe(201);
  expect(await admin.post(`/eval-cases/${first.body.id}/restore`)).toMatchObject({
    status: 409,
    body: { code: 'conflict', evalCase: { id: second.body.id } },
  });
  await admin.delete(`/eval-cases/${second.body.id}`);
  expect((await admin.post(`/eval-cases/${first.body.id}/restore`)).status).toBe(200);
  await admin.delete(`/eval-cases/${first.body.id}`);
});

test('a question is deleted for good when its hour is over', async () => {
  const made = await add({ question: 'For how long?', answerable: false });
  await admin.delete(`/eval-cases/${made.body.id}`);
  await parley.deps.db.query(`update eval_cases set deleted_at = now() - interval '61 minutes' where id = $1`, [
    made.body.id,
  ]);
  const next = await add({ question: 'And this one?', answerable: false });
  expect((await admin.post(`/eval-cases/${made.body.id}/restore`)).status).toBe(404);
  await admin.delete(`/eval-cases/${next.body.id}`);
});

test.each([
  ['an answerable question without a document', { question: 'How?', answerable: true }],
  ['an unanswerable one with a document', { question: 'How?', answerable: false, documentIds: [newId()] }],
  ['nothing to search for', { question: '  ?! ', answerable: false }],
  ['no word on whether it is answerable', { question: 'How?' }],
  ['what is no document id', { question: 'How?', answerable: true, documentIds: ['returns'] }],
])('%s is refused', async (_name, body) => {
  expect(await admin.post('/eval-cases', body)).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
});

test('a state that no run has is refused, and an id that none has is not found', async () => {
  expect((await admin.get('/eval-runs?state=paused')).status).toBe(422);
  expect((await admin.get(`/eval-runs/${newId()}`)).status).toBe(404);
  expect((await admin.get('/eval-runs/latest')).status).toBe(404);
});

test('a question with a document that does not exist is not added', async () => {
  const before = (await list()).length;
  expect((await add({ question: 'How?', answerable: true, documentIds: [documents.gifts, newId()] })).status).toBe(404);
  expect(await list()).toHaveLength(before);
});

describe('walls', () => {
  const calls: [method: 'get' | 'post' | 'delete', path: string, forAgents: boolean][] = [
    ['post', '/eval-cases', false],
    ['get', '/eval-cases', true],
    ['delete', `/eval-cases/${newId()}`, false],
    ['post', `/eval-cases/${newId()}/restore`, false],
    ['post', '/eval-runs', false],
    ['get', '/eval-runs', true],
    ['get', '/eval-runs?state=done', true],
  ];
  const call = (client: RestClient, method: 'get' | 'post' | 'delete', path: string) =>
    method === 'post' ? client.post(path, { question: 'How?', answerable: false }) : client[method](path);

  test.each(calls)('%s %s is for staff, and what changes anything for admins', async (method, path, forAgents) => {
    expect((await call(nobody, method, path)).status).toBe(401);
    const answer = await call(agent, method, path);
    expect(answer).toMatchObject(forAgents ? { status: 200 } : { status: 403, body: { code: 'forbidden' } });
  });

  test('another workspace sees, uses, measures, deletes and restores nothing of it', async () => {
    const made = await add({ question: 'Is a gift card valid?', answerable: true, documentIds: [documents.gifts] });
    const { id } = made.body;
    expect((await stranger.get<Page<EvalCase>>('/eval-cases')).body.data).toEqual([]);
    expect((await stranger.get<Page<EvalRun>>('/eval-runs')).body.data).toEqual([]);
    const ours = await run();
    expect((await stranger.get(`/eval-runs/${ours.id}`)).status).toBe(404);
    const before = (await resultsOf()).get(id);
    expect((await stranger.delete(`/eval-cases/${id}`)).status).toBe(404);
    const foreign = { question: 'How?', answerable: true, documentIds: [documents.gifts] };
    expect((await stranger.post('/eval-cases', foreign)).status).toBe(404);
    expect((await run(stranger)).figures).toMatchObject({ answerable: 0, unanswerable: 0, skipped: 0 });
    expect((await resultsOf()).get(id)).toEqual(before);
    await admin.delete(`/eval-cases/${id}`);
    expect((await stranger.post(`/eval-cases/${id}/restore`)).status).toBe(404);
    expect((await list()).map((one) => one.id)).not.toContain(id);
  });
});

test('as many questions are kept as a run measures', async () => {
  const { db } = parley.deps;
  await db.query(
    `insert into eval_cases (workspace_id, id, question, answerable, created_by)
     select $1, gen_random_uuid(), 'Question ' || n, false, (select id from agents where workspace_id = $1 limit 1)
     from generate_series(1, 500) n`,
    [parley.workspaceId],
  );
  const refused = await add({ question: 'One more?', answerable: false });
  expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
  await db.query(`delete from eval_cases where question like 'Question %'`);
});
