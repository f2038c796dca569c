import { randomBytes } from 'node:crypto';
import { buildWeb } from '../scripts/build-web.ts';
import { createParleyProcess } from '../test/support/parley-process.ts';
import { createDatabase } from './eval-database.ts';

export type ThrowAway = { url: string; apiKey: string; stop(): Promise<void> };

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
  const apiKey = `pk_live_${randomBytes(24).toString('hex')}`;
  const parley = await createParleyProcess({
    HOST: '127.0.0.1',
    PUBLIC_URL: '',
    // empty counts as not set, and what a .env file says does not win over it
    DATABASE_URL: database?.url ?? '',
    REDIS_URL: redisUrl ? onIndex(redisUrl) : '',
    PARLEY_DEMO: '0',
    PARLEY_API_KEY: apiKey,
  });
  const stop = async () => {
    await parley.stop().finally(() => parley.remove());
    await database?.close();
  };
  try {
    await parley.start();
  } catch (error) {
    await parley.remove();
    await database?.close();
    throw new Error(`Parley did not start:\n${parley.output().slice(-2_000)}`, { cause: error });
  }
  return { url: parley.url, apiKey, stop };
}

function onIndex(redisUrl: string): string {
  const url = new URL(redisUrl);
  if (url.pathname.length <= 1) url.pathname = `/${redisIndex}`;
  return url.href;
}
