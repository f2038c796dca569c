import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import pg from 'pg';
import type { HistoryEntry } from '../protocol/knowledge.ts';
import { parseConfig } from '../server/config.ts';
import { migrate } from '../server/db/migrate.ts';
import { createPool } from '../server/db/pool.ts';
import { search } from '../server/knowledge/search.ts';
import { denseBytes } from '../server/knowledge/vector-bytes.ts';
import { keepVectorIndexes, vectorIndexName } from '../server/knowledge/vector-index.ts';
import { createLog } from '../server/log.ts';
import { readOptions, refuse, requireFolder } from './options.ts';
import { quantile, readUsage } from './process-usage.ts';
import { createRandom, readCorpus } from './search-corpus.ts';
import { makeWorkspace, settle, writeDocuments } from './search-load.ts';

/*
 * npm run bench:search -- --data DIR [--chunks 100000] [--json FILE] [--keep | --reuse DATABASE]
 * Measures search over one large workspace beside a hundred small ones on DATABASE_URL's server, in a database of its own:
 * processor time, latency, and how much of exact search's top ten is found; exact search and plain pgvector beside it.
 */

const { values } = readOptions({
  options: {
    data: { type: 'string' },
    chunks: { type: 'string', default: '100000' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
    reuse: { type: 'string' },
    questions: { type: 'string', default: '200' },
  },
});
const chunkCount = Number(values.chunks);
const questionCount = Number(values.questions);
const { databaseUrl } = parseConfig(process.env);
const folder = requireFolder(values.data);
if (!databaseUrl) refuse('It wants DATABASE_URL, a server to make its database on.');

/** A server has been running for a while: compiled, with its statements prepared. */
const warmUps = 500;
const smallWorkspaces = 100;
const smallChunks = 50;
const documentsPerBatch = 100;
const writersAtOnce = 2;
const changedShare = 0.05;
const changingSecondsMax = 60;
/** What people write in a chat; the others are mails, the longest of eight hundred words. */
const shortWordsMax = 30;
/** Of the large workspace: 88.9, 10, 1 and 0.1 % of the documents. */
const localeOf = (random: number) =>
  random < 0.001 ? 'en-NZ' : random < 0.011 ? 'en-AU' : random < 0.111 ? 'en-GB' : 'en-US';

const name = values.reuse ?? `parley_bench_${randomBytes(4).toString('hex')}`;
const administer = async (sql: string) => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(sql).finally(() => client.end());
};
if (!values.reuse) await administer(`create database ${name}`);
const url = new URL(databaseUrl);
url.pathname = `/${name}`;
const db = createPool(url.href, 20, (error) => console.error(error));
const log = createLog('warn');
const report: Record<string, unknown>[] = [];
const corpus = await readCorpus(folder);
const { encoder } = corpus;

const note = (row: Record<string, unknown>) => {
  report.push(row);
  const { what, ...figures } = row;
  const shown = Object.entries(figures).map(
    ([key, value]) => `${key} ${typeof value === 'number' ? Number(value.toFixed(3)) : value}`,
  );
  console.log(`${String(what).padEnd(46)} ${shown.join(' · ')}`);
};

/** Processor time so far of this process and of the database's own (when it runs on this machine). */
async function cpuMs(): Promise<{ node: number; postgres: number }> {
  const { user, system } = process.cpuUsage();
  const { rows } = await db.query<{ pid: number }>('select pid from pg_stat_activity where datname = $1', [name]);
  let postgres = 0;
  for (const { pid } of rows) postgres += (await readUsage(pid).catch(() => ({ cpuMs: 0 }))).cpuMs;
  return { node: (user + system) / 1000, postgres };
}

async function load(): Promise<string> {
  await migrate(db);
  const random = createRandom(1);
  for (let count = 0; count < smallWorkspaces; count += 1) {
    const { workspaceId, space } = await makeWorkspace(db, `small ${count}`, encoder.space);
    const documents = Array.from({ length: smallChunks / 2 }, () => corpus.makeDocument(random, 2, 'en-US'));
    await writeDocuments(db, workspaceId, space, documents);
    await settle(db, workspaceId);
  }
  const { workspaceId, space } = await makeWorkspace(db, 'large', encoder.space);
  let left = chunkCount;
  let made = 0;
  let writingMs = 0;
  const began = performance.now();
  while (left > 0) {
    const batches = Array.from({ length: writersAtOnce }, () =>
      Array.from({ length: documentsPerBatch }, () => {
        const chunks = 1 + Math.floor(random() ** 2 * 6);
        left -= chunks;
        made += chunks;
        return corpus.makeDocument(random, chunks, localeOf(random()));
      }),
    );
    const started = performance.now();
    await Promise.all(batches.map((batch) => writeDocuments(db, workspaceId, space, batch)));
    writingMs += performance.now() - started;
    if (made % 20_000 < 700) await settle(db, workspaceId);
  }
  const foldStarted = performance.now();
  await settle(db, workspaceId);
  note({
    what: 'into the tables alone',
    chunks: made,
    'chunks/s': made / (writingMs / 1000),
    'last fold ms': performance.now() - foldStarted,
    'making texts s': (performance.now() - began - writingMs) / 1000,
  });
  await db.query('vacuum analyze');
  const buildStarted = performance.now();
  await keepVectorIndexes({ db, log }, workspaceId);
  note({ what: 'vector index built', seconds: (performance.now() - buildStarted) / 1000 });
  return workspaceId;
}

type Ask = (question: string) => Promise<string[]>;
const noHistory: HistoryEntry[] = [];

async function measure(what: string, ask: Ask, clients: number, rounds: number, questions = corpus.questions) {
  const random = createRandom(7);
  const asked = Array.from({ length: rounds }, () => questions[Math.floor(random() * questions.length)] ?? '');
  for (const question of asked.slice(0, 10 * clients)) await ask(question);
  await Promise.all(Array.from({ length: clients * 4 }, (_, index) => ask(asked[index] ?? '')));
  const times: number[] = [];
  let next = 0;
  const before = await cpuMs();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let question = asked[next++]; question !== undefined; question = asked[next++]) {
        const started = performance.now();
        await ask(question);
        times.push(performance.now() - started);
      }
    }),
  );
  const after = await cpuMs();
  const figures = {
    what,
    clients,
    'CPU ms': (after.node - before.node + after.postgres - before.postgres) / rounds,
    Node: (after.node - before.node) / rounds,
    Postgres: (after.postgres - before.postgres) / rounds,
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
  };
  note(figures);
  return figures;
}

async function overlap(what: string, one: Ask, exact: Ask, count: number) {
  const random = createRandom(11);
  let shared = 0;
  let wanted = 0;
  for (let index = 0; index < count; index += 1) {
    const question = corpus.questions[Math.floor(random() * corpus.questions.length)] ?? '';
    const [found, truth] = [await one(question), await exact(question)];
    wanted += truth.length;
    shared += truth.filter((id) => found.includes(id)).length;
  }
  note({ what: `top ten as exact: ${what}`, overlap: shared / Math.max(1, wanted), questions: count });
}

/** Replaces documents, in batches of ten, until a twentieth of the rows are others, or a minute is over. */
async function changeRows(workspaceId: string): Promise<{ rows: number; seconds: number }> {
  const random = createRandom(23);
  const found = await db.query<{ id: string; key: number }>(
    'select id, key from embedding_spaces where workspace_id = $1',
    [workspaceId],
  );
  const [space] = found.rows;
  if (!space) throw new Error('the space is missing');
  const wanted = chunkCount * changedShare;
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  let rows = 0;
  let changes = 0;
  while (rows < wanted && seconds() < changingSecondsMax) {
    const documents = Array.from({ length: 10 }, () => corpus.makeDocument(random, 2, localeOf(random())));
    await writeDocuments(db, workspaceId, space, documents);
    await db.query(
      'delete from documents where workspace_id = $1 and id in (select id from documents where workspace_id = $1 limit 10)',
      [workspaceId],
    );
    rows += documents.reduce((sum, document) => sum + document.rows.length, 0);
    // as indexing does whenever nothing is left to index
    changes += documents.length;
    if (changes % 40 !== 0) continue;
    await settle(db, workspaceId);
    await keepVectorIndexes({ db, log }, workspaceId);
  }
  return { rows, seconds: seconds() };
}

/** From the commit of a document to a search that finds it, while the vector index does not have it yet. */
async function measureFresh(workspaceId: string, space: { key: number }, ask: Ask): Promise<void> {
  const document = corpus.makeDocument(createRandom(31), 3, 'en-US');
  const question = document.chunks[1]?.text.slice(0, 200) ?? '';
  await encoder.embed([question], 'question');
  await writeDocuments(db, workspaceId, space, [document]);
  const committed = performance.now();
  const isFound = async () => (await ask(question)).some((id) => document.chunks.some((chunk) => chunk.id === id));
  while (!(await isFound()) && performance.now() - committed < 10_000);
  note({ what: 'a new document is found after', ms: performance.now() - committed });
}

try {
  const started = performance.now();
  const workspaceId = values.reuse
    ? ((await db.query<{ id: string }>(`select id from workspaces where name = 'large'`)).rows[0]?.id ?? '')
    : await load();
  if (values.reuse) await migrate(db);
  const deps = { db, encoder };
  const asker =
    (of: string, more: { locale?: string; exact?: boolean } = {}): Ask =>
    async (query) => {
      const { results } = await search(deps, {
        workspaceId: of,
        query,
        history: noHistory,
        limit: 10,
        audiences: ['public'],
        ...more,
      });
      return results.map((result) => result.chunkId);
    };
  const { rows: spaces } = await db.query<{ key: number }>('select key from embedding_spaces where workspace_id = $1', [
    workspaceId,
  ]);
  const plain: Ask = async (question) => {
    const [vector = []] = await encoder.embed([question], 'question');
    const { rows } = await db.query<{ id: string }>({
      name: 'plain_pgvector',
      text: `select c.id, c.text from (select chunk_id from search_vectors where space_key = ${spaces[0]?.key} and indexed
        order by embedding::halfvec(512) <#> $1::halfvec(512) limit 10) r join chunks c on c.workspace_id = $2 and c.id = r.chunk_id`,
      values: [denseBytes(vector), workspaceId],
    });
    return rows.map((row) => row.id);
  };
  const isShort = (question: string) => question.split(/\s+/).length <= shortWordsMax;
  const short = corpus.questions.filter(isShort);
  const long = corpus.questions.filter((question) => !isShort(question));
  const locales = { 'en-GB': '10 %', 'en-AU': '1 %', 'en-NZ': '0.1 %' };
  for (let count = 0; count < warmUps; count += 1) {
    await asker(workspaceId)(corpus.questions[count % corpus.questions.length] ?? '');
  }
  for (const clients of [1, 8]) {
    await measure('search, no filter', asker(workspaceId), clients, questionCount);
    await measure('search, short questions', asker(workspaceId), clients, questionCount, short);
    await measure('search, long mails', asker(workspaceId), clients, questionCount / 2, long);
    for (const [locale, share] of Object.entries(locales)) {
      await measure(`search, filter leaves ${share}`, asker(workspaceId, { locale }), clients, questionCount / 2);
    }
    await measure('plain pgvector', plain, clients, questionCount);
    await measure('exact scan', asker(workspaceId, { exact: true }), clients, clients === 1 ? 20 : 24);
  }
  const small = (await db.query<{ id: string }>(`select id from workspaces where name = 'small 50'`)).rows[0]?.id ?? '';
  await measure('search, a small workspace', asker(small), 1, questionCount);
  const questions = Math.min(100, questionCount);
  await overlap('no filter', asker(workspaceId), asker(workspaceId, { exact: true }), questions);
  for (const [locale, share] of Object.entries(locales)) {
    await overlap(
      `filter leaves ${share}`,
      asker(workspaceId, { locale }),
      asker(workspaceId, { locale, exact: true }),
      questions,
    );
  }
  if (spaces[0]) await measureFresh(workspaceId, spaces[0], asker(workspaceId));
  await overlap('plain pgvector', plain, asker(workspaceId, { exact: true }), Math.min(40, questions));
  let isChanging = true;
  const changing = changeRows(workspaceId).finally(() => {
    isChanging = false;
  });
  while (isChanging) await measure('search while rows change', asker(workspaceId), 1, questionCount / 2);
  const changed = await changing;
  note({ what: 'rows changed meanwhile', ...changed, 'rows/s': changed.rows / changed.seconds });
  await settle(db, workspaceId);
  await keepVectorIndexes({ db, log }, workspaceId);
  await measure('search after the change', asker(workspaceId), 1, questionCount);
  console.log(
    `${((performance.now() - started) / 1000).toFixed(0)} s in all, database ${name}, index ${vectorIndexName(spaces[0]?.key ?? 0)}`,
  );
  if (values.json) await writeFile(values.json, `${JSON.stringify({ chunks: chunkCount, report }, null, 2)}\n`);
} finally {
  await encoder.close();
  await db.end();
  if (!values.keep && !values.reuse) await administer(`drop database ${name} with (force)`);
}
