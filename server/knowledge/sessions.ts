import type { Pool } from '../db/pool.ts';

/** False on the embedded Postgres, whose only session serves one query after the other. */
export const hasSeveralSessions = (db: Pool): boolean => (db.options.max ?? 1) > 1;
