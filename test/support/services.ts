import { createHash, randomBytes } from 'node:crypto';
import { constants, cpSync, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import pg from 'pg';
import { migrate } from '../../server/db/migrate.ts';
import { createPool } from '../../server/db/pool.ts';
import { startEmbedded } from '../../server/embedded/start-embedded.ts';

export type Services = {
  kind: 'embedded' | 'real';
  databaseUrl: string;
  redisUrl: string;
  stop(): Promise<void>;
};

/**
 * A database of its own and a Redis of its own for one test file.
 * With DATABASE_URL and REDIS_URL set: a new database there, dropped at the end, and an emptied Redis index that no parallel file has.
 * Otherwise the embedded ones, on a copy of a prepared data folder, which takes about a second (the first time ever about six); the
 * migrations are in it already.
 */
export async function startServices(): Promise<Services> {
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env;
  return databaseUrl && redisUrl ? onRealServices(databaseUrl, redisUrl) : onEmbeddedServices();
}

async function onRealServices(serverUrl: string, redisServerUrl: string): Promise<Services> {
  const name = `parley_test_${randomBytes(6).toString('hex')}`;
  await administer(serverUrl, `create database ${name}`);
  const databaseUrl = new URL(serverUrl);
  databaseUrl.pathname = `/${name}`;
  const redisUrl = new URL(redisServerUrl);
  // Index 0 stays free for whoever uses the server by hand; 15 is the last one a default server has.
  redisUrl.pathname = `/${(Number(process.env.VITEST_POOL_ID ?? 0) % 14) + 1}`;
  const redis = new Redis(redisUrl.href);
  await redis.flushdb();
  redis.disconnect();
  let stopping: Promise<void> | null = null;
  return {
    kind: 'real',
    databaseUrl: databaseUrl.href,
    redisUrl: redisUrl.href,
    stop: () => {
      stopping ??= administer(serverUrl, `drop database if exists ${name} with (force)`);
      return stopping;
    },
  };
}

async function administer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function onEmbeddedServices(): Promise<Services> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  await copyPreparedFolder(dataDir);
  const embedded = await startEmbedded({ dataDir });
  let stopping: Promise<void> | null = null;
  return {
    kind: 'embedded',
    databaseUrl: embedded.databaseUrl,
    redisUrl: embedded.redisUrl,
    stop: () => {
      stopping ??= embedded.stop().then(() => rm(dataDir, { recursive: true, force: true }));
      return stopping;
    },
  };
}

/** Makes the folder one in which an embedded Postgres has been before, with the tables of Parley and no rows. */
export async function copyPreparedFolder(dataDir: string): Promise<void> {
  // a thousand small files: the other form takes five times as long
  cpSync(await preparedDataFolder(), dataDir, { recursive: true, mode: constants.COPYFILE_FICLONE });
}

/** A database with the migrations applied, made once per PGlite version and set of migrations and kept beside the other build caches. */
async function preparedDataFolder(): Promise<string> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const version: string = dependencies['@electric-sql/pglite'];
  const name = `data-folder-pglite-${version}-${await hashMigrations(join(root, 'migrations'))}`;
  const template = join(root, 'node_modules', '.cache', 'parley', name);
  if (existsSync(template)) return template;
  await mkdir(dirname(template), { recursive: true });
  const draft = await mkdtemp(`${template}-`);
  const embedded = await startEmbedded({ dataDir: draft });
  const db = createPool(embedded.databaseUrl, 1, () => undefined);
  try {
    await migrate(db);
  } finally {
    await db.end();
    await embedded.stop();
  }
  try {
    await rename(draft, template);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another test process was faster: its folder is as good.
    if (!existsSync(template)) throw error;
  }
  return template;
}

async function hashMigrations(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).sort()) hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 12);
}
