import type { Db } from '../db/pool.ts';

/** Until the end of the transaction nobody else adds up what came and went. False where `ifFree` and somebody is at it. */
export async function lockStats(tx: Db, workspaceId: string, ifFree = false): Promise<boolean> {
  const { rows } = await tx.query<{ locked: boolean | string }>(
    `select pg_${ifFree ? 'try_' : ''}advisory_xact_lock(hashtextextended($1, 7)) as locked`,
    [workspaceId],
  );
  return rows[0]?.locked !== false;
}
