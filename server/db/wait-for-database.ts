import { toAppError } from '../errors.ts';
import type { Pool } from './pool.ts';

const waitMs = 60_000;
const everyMs = 500;

/** Resolves when the database answers: a process that starts while it restarts waits for it. Throws after a minute, or at once for another reason. */
export async function waitForDatabase(db: Pool, onWait: () => void): Promise<void> {
  const deadline = Date.now() + waitMs;
  let told = false;
  for (;;) {
    try {
      await db.query('select 1');
      return;
    } catch (error) {
      if (toAppError(error).code !== 'unavailable' || Date.now() > deadline) throw error;
      if (!told) onWait();
      told = true;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
