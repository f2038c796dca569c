import { readdir, readFile } from 'node:fs/promises';
import { ConfigError } from '../config.ts';
import type { Pool } from './pool.ts';
import { transaction } from './transaction.ts';
import { waitForDatabase } from './wait-for-database.ts';

const folder = new URL('../../migrations/', import.meta.url);
/** Any constant of our own: one process migrates at a time. */
const migrationLock = 7_318_349_394;

type Migration = { number: number; name: string; sql: string };

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name, index) => {
      const number = Number(name.slice(0, 6));
      if (number !== index + 1)
        throw new Error(`Migration ${name} should be number ${index + 1}: none missing, none twice.`);
      return { number, name, sql: await readFile(new URL(name, folder), 'utf8') };
    }),
  );
}

/**
 * Brings the database up to date, forward only, each migration in a transaction of its own. Several processes may call it at
 * once. Waits for a database that is just starting. Throws when it is newer than this code. Returns how many were applied.
 */
export async function migrate(db: Pool, onWait: () => void = () => undefined): Promise<number> {
  await waitForDatabase(db, onWait);
  const migrations = await readMigrations();
  await transaction(db, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    await tx.query(
      'create table if not exists migrations (number int primary key, name text not null, applied_at timestamptz not null default now())',
    );
  });
  let applied = 0;
  for (const migration of migrations) {
    const ran = await transaction(db, async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [migrationLock]);
      const newest = await tx.query<{ number: number | null }>('select max(number) as number from migrations');
      const current = newest.rows[0]?.number ?? 0;
      if (current > migrations.length) {
        throw new ConfigError(
          `the database is at migration ${current} and this version of Parley knows ${migrations.length}. Start the newer version.`,
        );
      }
      if (current >= migration.number) return false;
      await tx.query(migration.sql);
      await tx.query('insert into migrations (number, name) values ($1, $2)', [migration.number, migration.name]);
      return true;
    });
    if (ran) applied += 1;
  }
  return applied;
}
