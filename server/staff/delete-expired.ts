import type { Db } from '../db/pool.ts';

/**
 * Removes what nobody can use any more: ended sessions, invitations and customer tokens, and answers kept for repeated requests longer
 * than a day. Each goes by an index, and at most a thousand at a time, so that no pass holds a table for long. Returns how many.
 */
export async function deleteExpired(db: Db): Promise<number> {
  let removed = 0;
  for (const [table, condition] of expired) {
    const gone = await db.query(
      `delete from ${table} where ctid = any(array(select ctid from ${table} where ${condition} limit 1000))`,
    );
    removed += gone.rowCount ?? 0;
  }
  return removed;
}

const expired = [
  ['auth_sessions', 'expires_at < now()'],
  ['invitations', 'expires_at < now()'],
  ['customer_tokens', 'expires_at < now()'],
  ['idempotency_keys', `created_at < now() - interval '24 hours'`],
] as const;
