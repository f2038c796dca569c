import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWeb } from '../scripts/build-web.ts';
import { startEmbedded } from '../server/embedded/start-embedded.ts';
import { createParleyProcess } from '../test/support/parley-process.ts';
import { createDatabase } from './eval-database.ts';

export type ThrowAway = {
  url: string;
  apiKey: string;
  /** Stops Parley and gives the address of the database it leaves behind, with how many connections it bears. */
  takeDatabase(): Promise<{ url: string; max: number }>;
  /** Stops what runs, and takes the database away. */
  remove(): Promise<void>;
};

/** Of the numbered databases of REDIS_URL, one that a Parley in use is unlikely to have, so that neither takes the other's jobs. */
const redisIndex = 15;

/**
 * `npm start` on an empty database that goes with it: on the embedded services, or in a database of its own on the servers that
 * DATABASE_URL and REDIS_URL name. Everything else is as the environment says, the embedding model above all.
 */
export async function startThrowAway(): Promise<ThrowAway> {
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env;
  // before the clock of the start runs
  await buildWeb((step) => console.log(`${step} …`));
  const database = databaseUrl ? await createDatabase(databaseUrl) : undefined;
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-eval-'));
  const apiKey = `pk_live_${randomBytes(24).toString('hex')}`;
  const parley = await createParleyProcess({
    HOST: '127.0.0.1',
    PUBLIC_URL: '',
    DATA_DIR: dataDir,
    // empty counts as not set, and what a .env file says does not win over it
    DATABASE_URL: database?.url ?? '',
    REDIS_URL: redisUrl ? onIndex(redisUrl) : '',
    PARLEY_DEMO: '0',
    PARLEY_API_KEY: apiKey,
  });
  let embedded: Awaited<ReturnType<typeof startEmbedded>> | undefined;
  const remove = async () => {
    await parley.remove();
    await embedded?.stop();
    await database?.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  const takeDatabase = async () => {
    await parley.stop();
    if (database) return database;
    embedded = await startEmbedded({ dataDir });
    return { url: embedded.databaseUrl, max: 1 };
  };
  try {
    await parley.start();
  } catch (error) {
    await remove();
    throw new Error(`Parley did not start:\n${parley.output().slice(-2_000)}`, { cause: error });
  }
  return { url: parley.url, apiKey, takeDatabase, remove };
}

function onIndex(redisUrl: string): string {
  const url = new URL(redisUrl);
  if (url.pathname.length <= 1) url.pathname = `/${redisIndex}`;
  return url.href;
}
