import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Page } from '../../protocol/common.ts';
import type { EvalCase, EvalRun } from '../../protocol/evaluation.ts';
import { newId } from '../../server/ids.ts';
import type { Encoder } from '../../server/knowledge/encoder.ts';
import { findOrInsertRun, findRun } from '../../server/quality/run-queries.ts';
import { startRun } from '../../server/quality/start-run.ts';
import { runEvaluation } from '../../workers/run-evaluation.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';
import { startParley, type TestParley } from '../support/start-parley.ts';
import { until } from '../support/until.ts';

let parley: TestParley;
let admin: RestClient;
let agentId: string;

beforeAll(async () => {
  parley = await startParley();
  admin = createRestClient(parley.url);
  const { rows } = await parley.deps.db.query<{ id: string }>('select id from agents where workspace_id = $1 limit 1', [
    parley.workspaceId,
  ]);
  agentId = rows[0]?.id ?? '';
  for (const question of ['Do you sell bicycles?', 'Is it raining?', 'Who are you?']) {
    await admin.post('/eval-cases', { question, answerable: false });
  }
}, 60_000);
afterAll(() => parley.stop());
beforeEach(async () => {
  await parley.deps.db.query('delete from eval_runs');
});

const withoutJobs = () => ({
  ...parley.deps,
  queues: { enqueue: () => undefined, depths: async () => ({}), close: async () => undefined },
});
const ask = () => startRun(withoutJobs(), { workspaceId: parley.workspaceId, agentId });
const look = async (id: string) => (await admin.get<EvalRun>(`/eval-runs/${id}`)).body;
const ended = (id: string) =>
  until('the run has ended', async () => {
    const found = await look(id);
    return (found.state === 'done' || found.state === 'failed') && found;
  });
const attemptOf = async (id: string) => {
  const { rows } = await parley.deps.db.query<{ attempt: number }>('select attempt from eval_runs where id = $1', [id]);
  return rows[0]?.attempt;
};
const lasts = async () => (await admin.get<Page<EvalCase>>('/eval-cases')).body.data.map(({ last }) => last);
const never = AbortSignal.any([]);

/** The encoder, which waits before each question. */
const waiting = (wait: () => Promise<unknown>): Encoder => ({
  ...parley.deps.encoder,
  embed: async (...given) => {
    await wait();
    return parley.deps.encoder.embed(...given);
  },
});

/** In line, but in nobody's hands: the sweeper asks for it only after some seconds. */
async function insertRun(): Promise<string> {
  const { run } = await findOrInsertRun(parley.deps.db, {
    workspaceId: parley.workspaceId,
    id: newId(),
    startedBy: agentId,
  });
  return run.id;
}

test('two who ask at once get the same run, also while it is measured, and a new one when it has ended', async () => {
  const [one, other] = await Promise.all([ask(), ask()]);
  expect(one.run.id).toBe(other.run.id);
  expect([one.isNew, other.isNew].toSorted()).toEqual([false, true]);
  expect(await admin.post<EvalRun>('/eval-runs')).toMatchObject({
    status: 200,
    body: { id: one.run.id, state: 'pending', figures: null, tookMs: null, progress: { done: 0, total: 0 } },
  });
  await parley.deps.db.query(
    `update eval_runs set state = 'running', attempt = 1, lease_until = now() + interval '1 hour' where id = $1`,
    [one.run.id],
  );
  expect(await admin.post<EvalRun>('/eval-runs')).toMatchObject({ status: 200, body: { id: one.run.id } });
  await parley.deps.db.query(`update eval_runs set lease_until = now() where id = $1`, [one.run.id]);
  await ended(one.run.id);
  const next = await admin.post<EvalRun>('/eval-runs');
  expect(next.status).toBe(202);
  expect(next.body.id).not.toBe(one.run.id);
  await ended(next.body.id);
});

test('a run whose job is lost is measured all the same', async () => {
  const { run } = await ask();
  expect(await ended(run.id)).toMatchObject({ state: 'done', progress: { done: 3, total: 3 } });
});

test('a run whose worker died begins anew when its lease has ended, and fails with a reason when they keep dying', async () => {
  const die = (id: string, attempt: number) =>
    parley.deps.db.query(
      `update eval_runs set state = 'running', attempt = $2, cases_done = 2, cases_total = 3, lease_until = now() - interval '1 second'
       where id = $1`,
      [id, attempt],
    );
  const once = await insertRun();
  await die(once, 1);
  expect(await ended(once)).toMatchObject({ state: 'done', error: null, figures: { unanswerable: 3 } });
  expect(await attemptOf(once)).toBe(2);
  const always = await insertRun();
  await die(always, 3);
  expect(await ended(always)).toMatchObject({
    state: 'failed',
    figures: null,
    error: 'It was tried 3 times and never finished.',
  });
});

test('a run shows how far it is, and keeps nothing where another worker has taken it over', async () => {
  const before = await lasts();
  const runId = await insertRun();
  let asked = 0;
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const encoder = waiting(async () => {
    asked += 1;
    if (asked > 2) await gate;
  });
  const { workspaceId, deps } = parley;
  const running = runEvaluation({ ...deps, encoder, encoders: undefined }, { workspaceId, runId }, never);
  const shown = await until('two are measured', async () => {
    const found = await look(runId);
    return found.progress.done === 2 && found;
  });
  expect(shown).toMatchObject({ state: 'running', progress: { done: 2, total: 3 }, figures: null });
  await deps.db.query('update eval_runs set attempt = attempt + 1 where id = $1', [runId]);
  go();
  await running;
  expect(await look(runId)).toMatchObject({ state: 'running', figures: null });
  expect(await lasts()).toEqual(before);
});

test('a run that is stopped with its process is in line again at once, uncounted, and keeps nothing', async () => {
  const before = await lasts();
  const runId = await insertRun();
  const { workspaceId, deps } = parley;
  const stop = new AbortController();
  const encoder = waiting(async () => stop.abort(new Error('stopped')));
  await runEvaluation({ ...deps, encoder, encoders: undefined }, { workspaceId, runId }, stop.signal);
  expect(await look(runId)).toMatchObject({ state: 'pending', figures: null, error: null });
  expect(await attemptOf(runId)).toBe(0);
  expect(await lasts()).toEqual(before);
  await runEvaluation(deps, { workspaceId, runId }, never);
  expect(await look(runId)).toMatchObject({ state: 'done' });
});

test('a run is tried again after a failure, and says so when it fails for good', async () => {
  const runId = await insertRun();
  const { workspaceId, deps } = parley;
  const encoder = waiting(() => Promise.reject(new Error('a fault')));
  for (const state of ['pending', 'pending', 'failed']) {
    await deps.db.query('update eval_runs set requested_at = now() where id = $1', [runId]);
    await runEvaluation({ ...deps, encoder, encoders: undefined }, { workspaceId, runId }, never);
    expect((await look(runId)).state).toBe(state);
  }
  expect((await look(runId)).error).toBe('Something went wrong on our side. It was tried 3 times.');
});

test('the newest hundred runs are kept, and are listed by their state', async () => {
  const { workspaceId, deps } = parley;
  const ids = Array.from({ length: 104 }, () => newId());
  await deps.db.query(
    `insert into eval_runs (workspace_id, id, started_by, state, figures, took_ms)
     select $1, id, $2, 'done', '{"answerable":0,"unanswerable":0,"skipped":0,"hit1":null,"hit3":null,"mrr10":null,"auroc":null}', 5
     from unnest($3::uuid[]) id`,
    [workspaceId, agentId, ids],
  );
  const { run } = await ask();
  const { rows } = await deps.db.query<{ id: string }>('select id from eval_runs where workspace_id = $1 order by id', [
    workspaceId,
  ]);
  expect(rows.map(({ id }) => id)).toEqual([...ids.slice(5), run.id]);
  expect((await admin.get<Page<EvalRun>>('/eval-runs?state=pending')).body.data.map(({ id }) => id)).toEqual([run.id]);
  const done = await admin.get<Page<EvalRun>>('/eval-runs?state=done&limit=2');
  expect(done.body.data.map(({ id }) => id)).toEqual([ids[103], ids[102]]);
  expect(await findRun(deps.db, newId(), run.id)).toBe(undefined);
});
