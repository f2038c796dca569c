import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../../server/embedded/start-embedded.ts';
import { copyPreparedFolder } from '../support/services.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const opened: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const release of opened.splice(0).reverse()) await release();
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-embedded-'));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'data');
}

/** With a database in it: the tests that do not look at the first start need not wait for one. */
async function preparedFolder(): Promise<string> {
  const dataDir = await temporaryFolder();
  await copyPreparedFolder(dataDir);
  return dataDir;
}

async function start(dataDir: string): Promise<Embedded> {
  const embedded = await startEmbedded({ dataDir });
  opened.push(embedded.stop);
  return embedded;
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // A cut connection is what some tests are about; the query or the end tells of it.
  client.on('error', () => {});
  opened.push(() => client.end().catch(() => {}));
  await client.connect();
  return client;
}

describe('the data folder', () => {
  test('rows survive a restart, and a second start on the folder is refused with the holder’s pid', async () => {
    const dataDir = await temporaryFolder();
    const first = await start(dataDir);
    const before = await connect(first.databaseUrl);
    await before.query("create table kept (id int primary key, body text); insert into kept values (1, 'still here')");
    await before.query('create extension vector');
    await expect(startEmbedded({ dataDir })).rejects.toThrow(`in use by process ${process.pid}`);
    await first.stop();
    await first.stop();

    const second = await start(dataDir);
    const after = await connect(second.databaseUrl);
    expect((await after.query('select * from kept')).rows).toEqual([{ id: 1, body: 'still here' }]);
    expect((await after.query("select '[1,2,3]'::vector <-> '[1,2,4]' as distance")).rows).toEqual([{ distance: 1 }]);
  });

  test('a killed process loses no acknowledged row, and its lock is taken over', { timeout: 60_000 }, async () => {
    const dataDir = await preparedFolder();
    let acknowledged = 0;
    for (const rowsBeforeKill of [200, 701]) {
      const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/embedded-writer.ts', dataDir], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      acknowledged = await killAfterRows(child, acknowledged + rowsBeforeKill);
    }
    const embedded = await start(dataDir);
    const client = await connect(embedded.databaseUrl);
    const { rows } = await client.query('select number, length(body) as length from written order by number');
    // At most one more was written than was acknowledged: the one under way.
    expect(rows.length).toBeGreaterThanOrEqual(acknowledged);
    expect(rows.length).toBeLessThanOrEqual(acknowledged + 1);
    expect(rows).toEqual(rows.map((_, index) => ({ number: index + 1, length: (index + 1) % 3000 })));
  });

  test('a process that is alive elsewhere is named', async () => {
    const dataDir = await preparedFolder();
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/embedded-writer.ts', dataDir], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    opened.push(() => killAfterRows(child, 0));
    await once(child.stdout, 'data');
    await expect(startEmbedded({ dataDir })).rejects.toThrow(`in use by process ${child.pid}.`);
  });

  test('a Postgres that dies says so instead of hanging, and the next start has its rows', async () => {
    const dataDir = await preparedFolder();
    const first = await start(dataDir);
    const client = await connect(first.databaseUrl);
    await client.query('create table kept (id int)');
    await client.query('insert into kept values (1)');
    // The embedded Postgres cannot wait for more input within a statement: this ends it.
    await expect(client.query('copy kept from stdin')).rejects.toThrow();
    expect((await first.failure).message).toMatch(/^The embedded Postgres stopped unexpectedly: /);
    await first.stop();
    const second = await start(dataDir);
    expect((await (await connect(second.databaseUrl)).query('select id from kept')).rows).toEqual([{ id: 1 }]);
  });
});

/** Kills the writer once it has acknowledged this row; answers with the last row it acknowledged. */
async function killAfterRows(child: ChildProcess, row: number): Promise<number> {
  if (!child.stdout) throw new Error('The writer has no output');
  let last = 0;
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const read = once(lines, 'close');
  lines.on('line', (line) => {
    last = Number(line);
    if (last === row) child.kill('SIGKILL');
  });
  if (row === 0) child.kill('SIGKILL');
  await Promise.all([exited, read]);
  return last;
}

describe('Postgres', () => {
  let services: Embedded;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'parley-embedded-'));
    services = await startEmbedded({ dataDir });
  });
  afterAll(async () => {
    await services.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  test('has vector, pg_trgm and unaccent', async () => {
    const client = await connect(services.databaseUrl);
    for (const name of ['vector', 'pg_trgm', 'unaccent']) await client.query(`create extension if not exists ${name}`);
    await client.query('create table chunk (id int, embedding halfvec(3), body text)');
    await client.query("insert into chunk values (1, '[1,0,0]', 'café'), (2, '[0,1,0]', 'tea')");
    await client.query('create index on chunk using hnsw (embedding halfvec_cosine_ops)');
    await client.query('create index on chunk using gin (body gin_trgm_ops)');
    const near = await client.query("select id from chunk order by embedding <=> '[0,1,0.1]' limit 1");
    expect(near.rows).toEqual([{ id: 2 }]);
    const text = await client.query(
      "select unaccent(body) as plain from chunk where similarity(unaccent(body), 'caffe') > 0.3",
    );
    expect(text.rows).toEqual([{ plain: 'cafe' }]);
  });

  test('connections take turns: ten clients at once each get their own answers', async () => {
    const turn = async (own: number) => {
      const client = new pg.Client({ connectionString: services.databaseUrl });
      await client.connect();
      await client.query('begin');
      await client.query('create temp table mine (value int) on commit drop');
      for (let i = 0; i < 20; i += 1) {
        // The same statement name with another text in every client, as several sessions may have.
        await client.query({ name: 'put', text: `insert into mine select ${own} + $1::int`, values: [i] });
      }
      const { rows } = await client.query('select array_agg(value order by value) as values from mine');
      await client.query('commit');
      await client.end();
      return rows[0].values;
    };
    const owns = Array.from({ length: 10 }, (_, index) => index * 1000);
    const answers = await Promise.all(owns.map(turn));
    expect(answers).toEqual(owns.map((own) => Array.from({ length: 20 }, (_, i) => own + i)));
  });

  test('a connection that finds the session taken is refused after a while, and disturbs nobody', async () => {
    const holder = await connect(services.databaseUrl);
    await holder.query('begin');
    await holder.query('create temp table held (value int)');
    await expect(connect(services.databaseUrl)).rejects.toMatchObject({ code: '53300' });
    await holder.query('insert into held values (1)');
    expect((await holder.query('select value from held')).rows).toEqual([{ value: 1 }]);
    await holder.query('commit');
  });

  test('nothing of a cut connection reaches the next one', async () => {
    const cut = await connect(services.databaseUrl);
    await cut.query('create table if not exists cut_rows (value int)');
    await cut.query({ name: 'same', text: 'select 1 as value' });
    await cut.query("set statement_timeout = '7s'");
    await cut.query('select pg_advisory_lock(1)');
    await cut.query('begin');
    await cut.query('insert into cut_rows values (1)');
    Reflect.get(cut, 'connection').stream.destroy();

    const next = await connect(services.databaseUrl);
    expect((await next.query('select value from cut_rows')).rows).toEqual([]);
    expect((await next.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '0' }]);
    expect((await next.query({ name: 'same', text: 'select 2 as value' })).rows).toEqual([{ value: 2 }]);
    expect((await next.query("select count(*)::int as n from pg_locks where locktype = 'advisory'")).rows).toEqual([
      { n: 0 },
    ]);
  });

  test('an error ends its statement only, and values of megabytes pass whole', async () => {
    const client = await connect(services.databaseUrl);
    await expect(client.query('select $1::int / 0', [1])).rejects.toMatchObject({ code: '22012' });
    const long = 'ü'.repeat(5_000_000);
    const { rows } = await client.query('select $1::text as long', [long]);
    expect(rows[0].long === long).toBe(true);
  });

  test('nobody enters without the password', async () => {
    const url = new URL(services.databaseUrl);
    url.password = 'guessed';
    await expect(connect(url.href)).rejects.toMatchObject({ code: '28P01' });
    const redis = new Redis({ port: Number(new URL(services.redisUrl).port), lazyConnect: true, retryStrategy: null });
    redis.on('error', () => {});
    await expect(redis.get('anything')).rejects.toThrow('NOAUTH');
    redis.disconnect();
  });
});
