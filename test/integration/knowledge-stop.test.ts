import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IndexHealth } from '../../protocol/spaces.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';
import { embeddingBy, type ScriptedOpenai, startScriptedOpenai } from '../support/scripted-openai.ts';
import { startParley, type TestParley } from '../support/start-parley.ts';
import { until } from '../support/until.ts';

let openai: ScriptedOpenai;
let parley: TestParley;
let admin: RestClient;
let isStopped = false;
/** Whether the model hangs on what only a calibration asks. */
let hangs = false;
let hanging = 0;

beforeAll(async () => {
  openai = await startScriptedOpenai({
    async beforeEmbedding(texts) {
      if (!hangs || !texts.every((text) => /^Topic \d+$/.test(text))) return;
      hanging += 1;
      await new Promise(() => undefined);
    },
  });
  parley = await startParley(embeddingBy(openai, 'scripted'));
  admin = createRestClient(parley.url);
}, 60_000);
afterAll(async () => {
  if (!isStopped) await parley.stop();
  await openai.close();
});

async function write(count: number, from = 0, there = 0): Promise<void> {
  const documents = Array.from({ length: count }, (_, at) => ({
    title: `Topic ${from + at}`,
    body: `All about word${from + at}.`,
  }));
  await admin.post('/documents/batch', { documents });
  const isDone = async () => (await admin.get<IndexHealth>('/index')).body.documents.done === there + count;
  await until('all is indexed', isDone, 30_000);
}

async function calibratedDocuments(): Promise<number | null> {
  const { rows } = await parley.deps.db.query<{ documents: number | null }>(
    `select case when calibration is not null then calibrated_documents end as documents from embedding_spaces
     where workspace_id = $1`,
    [parley.workspaceId],
  );
  return rows[0]?.documents ?? null;
}

test('a calibration that a dead process has left is taken up without another document', async () => {
  await write(12);
  await until('it is calibrated', async () => (await calibratedDocuments()) === 12);
  await parley.deps.db.query(
    `update embedding_spaces set calibration = null, calibrated_documents = 0, calibration_started_at = now() - interval '2 minutes'`,
  );
  await until('it is calibrated again', async () => (await calibratedDocuments()) === 12);
});

test('statistics that a dead process has left are added up, and what follows from them is done', async () => {
  const { body } = await admin.get<{ data: { id: string }[] }>('/documents?limit=1');
  await parley.deps.db.query('update embedding_spaces set calibration = null, calibrated_documents = 0');
  // as a job that dies after its commit, deleting leaves the adding up to others
  await admin.delete(`/documents/${body.data[0]?.id}`);
  await until('it is calibrated', async () => (await calibratedDocuments()) === 11);
});

test('a stop in the middle of a calibration does not wait for it', async () => {
  hangs = true;
  await write(12, 12, 11);
  await until('the calibration hangs', () => hanging > 0);
  const began = performance.now();
  isStopped = true;
  await parley.stop();
  expect(performance.now() - began).toBeLessThan(5_000);
});
