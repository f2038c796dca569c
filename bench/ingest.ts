import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import pg from 'pg';
import { createRestClient, type RestClient } from '../test/support/rest-client.ts';
import { until } from '../test/support/until.ts';
import { readOptions, requireFolder } from './options.ts';
import { readUsage, readUsages } from './process-usage.ts';
import { createRandom, readCorpus } from './search-corpus.ts';
import { spawnProgram } from './spawn-process.ts';
import { startTarget } from './start-target.ts';

/*
 * npm run bench:ingest -- --data DIR [--documents 3000] [--builtin] [--json FILE]
 * How fast documents get from POST /documents/batch to being found, with a scripted embedding server or the built-in encoder, on
 * DATABASE_URL and REDIS_URL, else on the embedded services.
 */

const { values } = readOptions({
  options: {
    data: { type: 'string' },
    documents: { type: 'string', default: '3000' },
    builtin: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const folder = requireFolder(values.data);
const documentCount = Number(values.documents);
const batchSize = 100;
const batchesAtOnce = 2;
/** Each look costs the server a few milliseconds, which count as if indexing had taken them. */
const lookEveryMs = 200;

/** A kept connection may have been closed by the server just as it is used again: asked once more, under the same key. */
const again = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => ask().catch(ask);

async function post(rest: RestClient, documents: unknown[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(documents.length / batchSize) }, (_, index) =>
    documents.slice(index * batchSize, (index + 1) * batchSize),
  );
  const next = batches.values();
  await Promise.all(
    Array.from({ length: batchesAtOnce }, async () => {
      for (const batch of next) {
        const key = { 'idempotency-key': randomUUID() };
        const { status } = await again(() => rest.post('/documents/batch', { documents: batch }, key));
        if (status !== 202) throw new Error(`POST /documents/batch answered ${status}`);
      }
    }),
  );
}

type Listed = { data: { index: { chunks: number } }[]; page: { nextCursor: string | null } };

const isEmpty = async (rest: RestClient, state: string) =>
  (await again(() => rest.get<Listed>(`/documents?indexState=${state}&limit=1`))).body.data.length === 0;

async function countChunks(rest: RestClient): Promise<number> {
  let chunks = 0;
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body }: { body: Listed } = await rest.get<Listed>(
      `/documents?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    );
    chunks += body.data.reduce((sum, { index }) => sum + index.chunks, 0);
    cursor = body.page.nextCursor;
  }
  return chunks;
}

const model = spawnProgram('bench/scripted-openai.ts', [], {});
const target = await startTarget({
  modelUrl: await model.firstLine,
  demo: false,
  ...(values.builtin ? { embeddingModel: 'builtin:use-lite' } : {}),
});
/** Of the target's connections, as far as they are open and on this machine: 0 on the embedded services, where it is in the process. */
async function postgresMs(): Promise<number> {
  if (!target.databaseUrl) return 0;
  const client = new pg.Client({ connectionString: target.databaseUrl });
  await client.connect();
  const { rows } = await client
    .query<{ pid: number }>(
      'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    .finally(() => client.end());
  const usages = await Promise.all(rows.map(({ pid }) => readUsage(pid).catch(() => ({ cpuMs: 0 }))));
  return usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

try {
  const rest = createRestClient(target.url);
  const corpus = await readCorpus(folder);
  await corpus.encoder.close();
  const random = createRandom(5);
  const make = () => {
    const { title, chunks } = corpus.makeDocument(random, 1 + Math.floor(random() ** 2 * 12), 'en');
    return { title, body: chunks.map(({ text }, index) => `## Part ${index + 1}\n\n${text}`).join('\n\n') };
  };
  // what everything costs the first time does not count
  await post(rest, Array.from({ length: 50 }, make));
  await until(
    'the first are indexed',
    async () => (await isEmpty(rest, 'pending')) && (await isEmpty(rest, 'running')),
    120_000,
  );
  const chunksBefore = await countChunks(rest);
  const documents = Array.from({ length: documentCount }, make);
  const [usage, modelUsage, postgres] = [
    await readUsages(target.pids),
    await readUsages([model.pid]),
    await postgresMs(),
  ];
  const began = performance.now();
  await post(rest, documents);
  const takenSeconds = (performance.now() - began) / 1000;
  await until(
    'all are indexed',
    async () => (await isEmpty(rest, 'pending')) && (await isEmpty(rest, 'running')),
    3_600_000,
    lookEveryMs,
  );
  const seconds = (performance.now() - began) / 1000;
  const chunks = (await countChunks(rest)) - chunksBefore;
  const [usageAfter, modelAfter, postgresAfter] = [
    await readUsages(target.pids),
    await readUsages([model.pid]),
    await postgresMs(),
  ];
  const result = {
    embedding: values.builtin ? 'builtin:use-lite' : 'scripted server',
    services: target.databaseUrl ? 'real' : 'embedded',
    documents: documentCount,
    chunks,
    takenSeconds,
    seconds,
    chunksPerSecond: chunks / seconds,
    cpuMsPerChunk: (usageAfter.cpuMs - usage.cpuMs) / chunks,
    postgresCpuMsPerChunk: (postgresAfter - postgres) / chunks,
    modelCpuMsPerChunk: (modelAfter.cpuMs - modelUsage.cpuMs) / chunks,
    failed: (await isEmpty(rest, 'failed')) ? 0 : 1,
  };
  for (const [name, value] of Object.entries(result)) {
    console.log(`${name.padEnd(20)} ${typeof value === 'number' ? Number(value.toFixed(2)) : value}`);
  }
  if (values.json) await writeFile(values.json, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  await target.stop();
  await model.stop();
}
