import type { Db, PoolClient } from '../db/pool.ts';
import { newId } from '../ids.ts';

/**
 * An account that signs in with a password, in the tables that better-auth reads. Written here and not through it, because the account
 * and the agent must appear together or not at all. An address that has an account keeps it, with its password: `made` is false then.
 */
export async function ensureAccount(
  db: Db,
  account: { email: string; name: string; passwordHash: string },
): Promise<{ userId: string; made: boolean }> {
  const email = account.email.toLowerCase();
  const inserted = await db.query<{ id: string }>(
    `insert into auth_users (id, name, email, email_verified) values ($1, $2, $3, true)
     on conflict (email) do nothing returning id`,
    [newId(), account.name, email],
  );
  const userId = inserted.rows[0]?.id ?? (await findAccount(db, email))?.userId;
  if (!userId) throw new Error('an account that was there a moment ago is gone');
  const made = await db.query(
    `insert into auth_accounts (id, user_id, provider_id, account_id, password) values ($1, $2, 'credential', $2, $3)
     on conflict (provider_id, account_id) do nothing`,
    [newId(), userId, account.passwordHash],
  );
  return { userId, made: made.rowCount === 1 };
}

export async function findAccount(
  db: Db,
  email: string,
): Promise<{ userId: string; passwordHash: string | null } | undefined> {
  const found = await db.query<{ userId: string; passwordHash: string | null }>(
    `select u.id as "userId", a.password as "passwordHash" from auth_users u
     left join auth_accounts a on a.user_id = u.id and a.provider_id = 'credential' where u.email = lower($1)`,
    [email],
  );
  return found.rows[0];
}

/** A new password, and every session of the account ended. False when nobody has the address. */
export async function replacePassword(tx: PoolClient, email: string, passwordHash: string): Promise<boolean> {
  const replaced = await tx.query<{ userId: string }>(
    `update auth_accounts a set password = $2, updated_at = now() from auth_users u
     where a.user_id = u.id and a.provider_id = 'credential' and u.email = lower($1) returning u.id as "userId"`,
    [email, passwordHash],
  );
  const userId = replaced.rows[0]?.userId;
  if (userId) await tx.query('delete from auth_sessions where user_id = $1', [userId]);
  return userId !== undefined;
}
