import type { Pool, PoolClient } from './pool.ts';

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. Inside, use only `tx`: no pool, no
 * model, no HTTP, no Redis, no socket. A commit whose outcome is unknown (the connection broke) throws.
 */
export async function transaction<Result>(db: Pool, work: (tx: PoolClient) => Promise<Result>): Promise<Result> {
  const tx = await db.connect();
  let broken: Error | undefined;
  try {
    await tx.query('begin');
    const result = await work(tx);
    await tx.query('commit');
    return result;
  } catch (error) {
    try {
      await tx.query('rollback');
    } catch (rollbackError) {
      broken = rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError));
    }
    throw error;
  } finally {
    tx.release(broken);
  }
}
