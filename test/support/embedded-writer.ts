import pg from 'pg';
import { startEmbedded } from '../../server/embedded/start-embedded.ts';

// Run as a process of its own, to be killed: writes numbered rows one by one and prints each number once Postgres has acknowledged it.
const embedded = await startEmbedded({ dataDir: process.argv[2] ?? '' });
const pool = new pg.Pool({ connectionString: embedded.databaseUrl, max: 1 });
await pool.query('create table if not exists written (number int primary key, body text not null)');
const { rows } = await pool.query('select coalesce(max(number), 0) as last from written');
for (let number = Number(rows[0].last) + 1; ; number += 1) {
  await pool.query('insert into written (number, body) values ($1, $2)', [number, 'x'.repeat(number % 3000)]);
  process.stdout.write(`${number}\n`);
}
