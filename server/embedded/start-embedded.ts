import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockDataFolder } from './data-folder-lock.ts';
import { startServiceThread } from './service-thread.ts';

export type Embedded = {
  /** For `pg.Pool({ max: 1 })`: one connection is served at a time, the next waits for it to close. */
  databaseUrl: string;
  redisUrl: string;
  /** Resolves when Postgres or Redis dies without having been asked to: say so and exit. Never settles otherwise. */
  failure: Promise<Error>;
  /** Rolls back what is open, ends both services, releases the data folder. May be called again. */
  stop(): Promise<void>;
};

/**
 * Starts a real Postgres (PGlite: Postgres 18 in wasm, with vector, pg_trgm, unaccent) and a real Redis (Valkey in wasm), each in a
 * thread of its own, on free ports of 127.0.0.1 behind passwords made for this run.
 *
 * Rows live in `${dataDir}/postgres`. An acknowledged row outlives a kill of the process; fsync is off, so not a power cut.
 * Redis keeps nothing across restarts. Throws DataFolderInUseError when another process has the folder.
 */
export async function startEmbedded(options: {
  dataDir: string;
  onProgress?: (step: string) => void;
}): Promise<Embedded> {
  const unlock = lockDataFolder(options.dataDir);
  const postgresDir = join(options.dataDir, 'postgres');
  const isFirstStart = !existsSync(join(postgresDir, 'PG_VERSION'));
  options.onProgress?.(isFirstStart ? 'Creating the embedded Postgres' : 'Starting the embedded Postgres');
  options.onProgress?.('Starting the embedded Redis');
  const password = randomBytes(24).toString('base64url');
  const postgres = startServiceThread('Postgres', new URL('./postgres-thread.ts', import.meta.url), {
    dataDir: postgresDir,
    password,
  });
  const valkey = startServiceThread('Redis', new URL('./valkey-thread.ts', import.meta.url), { password });

  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopping ??= Promise.all([postgres.stop(), valkey.stop()]).then(unlock);
    return stopping;
  };

  try {
    const [postgresPort, valkeyPort] = await Promise.all([postgres.ready, valkey.ready]);
    return {
      databaseUrl: `postgres://postgres:${password}@127.0.0.1:${postgresPort}/postgres`,
      redisUrl: `redis://:${password}@127.0.0.1:${valkeyPort}`,
      failure: Promise.race([postgres.failure, valkey.failure]),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
