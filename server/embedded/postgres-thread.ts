import { mkdirSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import { vector } from '@electric-sql/pglite-pgvector';
import { z } from 'zod';
import { runService } from './run-service.ts';
import { servePostgres } from './serve-postgres.ts';

const { dataDir, password } = z.object({ dataDir: z.string(), password: z.string() }).parse(workerData);

await runService(async (fail) => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = await PGlite.create({ dataDir, extensions: { vector, pg_trgm, unaccent } });
  const server = await servePostgres(db, { password, onBroken: fail });
  return {
    port: server.port,
    stop: async () => {
      await server.close();
      await db.close();
    },
  };
});
