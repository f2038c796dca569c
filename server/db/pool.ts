import pg from 'pg';

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;
/** What a query function takes: the pool, or the client of a transaction. */
export type Db = pg.Pool | pg.PoolClient;

/**
 * `max` is 1 on the embedded Postgres: it has one session (see server/embedded). A query waits at most ten seconds for a
 * connection, so that an outage becomes an error instead of a pile of waiting requests.
 */
export function createPool(databaseUrl: string, max: number, onError: (error: Error) => void): Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    application_name: 'parley',
    allowExitOnIdle: false,
  });
  pool.on('error', onError);
  // an idle client that breaks between checkout and query must not take the process down
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}
