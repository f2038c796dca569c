import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Document } from '../../protocol/knowledge.ts';
import { articles } from '../support/articles.ts';
import { createRestClient } from '../support/rest-client.ts';
import { apiKey, startParley, type TestParley } from '../support/start-parley.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const ours = { externalId: 'article-0', title: 'Delivery to the moon', body: 'A parcel to the moon takes three days.' };

let parley: TestParley;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-eval-test-'));
  const lines = (rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const documents = articles.map(({ title, body }, at) => ({ id: `article-${at}`, title, text: body }));
  const questions = articles.map(({ question }, at) => ({ id: `q-${at}`, question, gold: [`article-${at}`] }));
  await writeFile(join(folder, 'wixqa_docs.jsonl'), lines(documents));
  await writeFile(join(folder, 'wixqa_q.jsonl'), lines(questions));
  await writeFile(join(folder, 'clinc_val.jsonl'), lines([{ text: 'who wrote hamlet', intent: 'oos' }]));
  parley = await startParley({ PARLEY_DEMO: '0' });
}, 120_000);
afterAll(async () => {
  await parley.stop();
  await rm(folder, { recursive: true, force: true });
});

const program = (script: string, ...args: string[]) =>
  run(process.execPath, ['--import', 'tsx', script, ...args], { cwd: root });

test('a running Parley is measured by its own interface, and keeps what it had and nothing else', async () => {
  const rest = createRestClient(parley.url);
  const before = await rest.post<Document>('/documents', ours);
  const file = join(folder, 'run.json');
  const asked = [
    '--data',
    folder,
    '--set',
    'wixqa',
    '--typos',
    '--url',
    parley.url,
    '--api-key',
    apiKey,
    '--json',
    file,
  ];
  const { stdout } = await program('bench/eval-retrieval.ts', ...asked);
  expect(stdout).toContain(`wixqa: ${articles.length} questions, ${articles.length} documents`);
  expect(stdout).toContain('(1 without an answer)');
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);

  const { sets } = JSON.parse(await readFile(file, 'utf8'));
  expect(sets.map(({ name }: { name: string }) => name)).toEqual([
    'wixqa',
    'wixqa, misspelt',
    'wixqa/out_of_scope',
    'wixqa/out_of_scope, misspelt',
  ]);
  for (const { gold, ranked, plain } of sets[0].questions) {
    expect(ranked[0]).toBe(gold[0]);
    expect(plain.ranked[0]).toBe(gold[0]);
  }
  const after = await rest.get<{ data: Document[] }>('/documents');
  expect(after.body.data.map(({ id, version }) => ({ id, version }))).toEqual([{ id: before.body.id, version: 1 }]);

  const compared = await program('bench/eval-compare.ts', file, file);
  expect(compared.stdout).toContain('every right document kept its place');
  expect(compared.stdout).toMatch(/^difference +\.000/m);
}, 180_000);

test('a key that may not add documents ends it with the reason', async () => {
  const asked = ['--data', folder, '--set', 'wixqa', '--url', parley.url, '--api-key', 'pk_test_of_nobody_at_all_0000'];
  await expect(program('bench/eval-retrieval.ts', ...asked)).rejects.toThrow(/documents\/batch: 401/);
}, 60_000);

test.each([
  ['no data', 'eval-retrieval.ts', [], 'Say where the data is: --data DIR'],
  ['data that is not there', 'ingest.ts', ['--data', '/nowhere'], '--data /nowhere is not a folder.'],
  ['an option that it does not take', 'encoder.ts', ['--fast'], "Unknown option '--fast'. It takes --seconds."],
])('a command with %s ends with one line that says what it wants', async (_name, script, args, line) => {
  await expect(program(`bench/${script}`, ...args)).rejects.toMatchObject({ code: 2, stdout: '', stderr: `${line}\n` });
});
