import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { apiKey, freePort } from '../test/support/start-parley.ts';
import { until } from '../test/support/until.ts';
import { type Spawned, spawnProgram } from './spawn-process.ts';

/** Parley's own processes, for a benchmark. `databaseUrl`: of real services. */
export type Target = { url: string; pids: number[]; databaseUrl: string | undefined; stop(): Promise<void> };

/**
 * On DATABASE_URL and REDIS_URL: a server and a worker process, in a database made for the run. Without them: `npm start`'s one
 * process with the embedded services.
 */
export async function startTarget({
  modelUrl,
  demo,
  embeddingModel = 'openai:scripted',
}: {
  modelUrl: string;
  demo: boolean;
  embeddingModel?: string;
}): Promise<Target> {
  const port = await freePort();
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env;
  const database = databaseUrl && redisUrl ? await createDatabase(databaseUrl) : undefined;
  const env = {
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
    PARLEY_DEMO: demo ? '1' : '0',
    PARLEY_API_KEY: apiKey,
    PARLEY_SECRET: 'a-secret-for-benchmarks-of-32-characters',
    PARLEY_ADMIN_PASSWORD: 'a-password-for-benchmarks',
    OPENAI_BASE_URL: modelUrl,
    OPENAI_API_KEY: 'scripted',
    ANSWER_MODEL: 'openai:scripted',
    EMBEDDING_MODEL: embeddingModel,
    ...(database ? { DATABASE_URL: database.url } : {}),
  };
  const scripts = database ? ['server/main.ts', 'workers/main.ts'] : ['parley.ts'];
  const processes: Spawned[] = [];
  for (const script of scripts) {
    processes.push(spawnProgram(script, [], env));
    if (script !== 'workers/main.ts')
      await until('the server answers', () => isReady(`http://127.0.0.1:${port}`), 60_000);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    pids: processes.map((each) => each.pid),
    databaseUrl: database?.url,
    async stop() {
      await Promise.all(processes.map((each) => each.stop()));
      await database?.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function createDatabase(serverUrl: string) {
  const name = `parley_bench_${randomUUID().slice(0, 8)}`;
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await run(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`drop database if exists ${name} with (force)`) };
}

const isReady = (url: string) =>
  fetch(`${url}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
