import type { Db, PoolClient } from '../db/pool.ts';
import { newId } from '../ids.ts';

export type CustomerRow = { workspaceId: string; id: string; inboxId: string; externalId: string | null };

const columns = `c.workspace_id as "workspaceId", c.id, c.inbox_id as "inboxId", c.external_id as "externalId"`;

/** Tokens live this long after their last use; the row is written at most once a day for it. */
const tokenLife = `interval '180 days'`;

export type TokenHolder = CustomerRow & {
  identityRequired: boolean;
  allowedOrigins: string[];
  /** More than a day of its life is gone. */
  stale: boolean;
};

export async function findTokenHolder(db: Db, tokenHash: Buffer): Promise<TokenHolder | undefined> {
  const found = await db.query<TokenHolder>(
    `select ${columns}, i.identity_required as "identityRequired", i.allowed_origins as "allowedOrigins",
       t.expires_at < now() + ${tokenLife} - interval '1 day' as stale
     from customer_tokens t
     join customers c on c.workspace_id = t.workspace_id and c.id = t.customer_id
     join inboxes i on i.workspace_id = c.workspace_id and i.id = c.inbox_id
     where t.token_hash = $1 and t.expires_at > now()`,
    [tokenHash],
  );
  return found.rows[0];
}

export async function extendToken(db: Db, tokenHash: Buffer): Promise<void> {
  await db.query(`update customer_tokens set expires_at = now() + ${tokenLife} where token_hash = $1`, [tokenHash]);
}

export async function insertToken(
  db: Db,
  token: { workspaceId: string; customerId: string; tokenHash: Buffer },
): Promise<void> {
  await db.query(
    `insert into customer_tokens (token_hash, workspace_id, customer_id, expires_at) values ($3, $1, $2, now() + ${tokenLife})`,
    [token.workspaceId, token.customerId, token.tokenHash],
  );
}

export async function deleteToken(db: Db, tokenHash: Buffer): Promise<void> {
  await db.query('delete from customer_tokens where token_hash = $1', [tokenHash]);
}

export async function insertAnonymousCustomer(
  db: Db,
  { workspaceId, inboxId }: { workspaceId: string; inboxId: string },
): Promise<CustomerRow> {
  const id = newId();
  await db.query('insert into customers (workspace_id, id, inbox_id) values ($1, $2, $3)', [workspaceId, id, inboxId]);
  return { workspaceId, id, inboxId, externalId: null };
}

/** The customer that the website knows as `externalId`. A claim that is not there leaves what is known. */
export async function upsertVerifiedCustomer(
  db: Db,
  customer: {
    workspaceId: string;
    inboxId: string;
    externalId: string;
    email: string | undefined;
    name: string | undefined;
  },
): Promise<CustomerRow> {
  const made = await db.query<CustomerRow>(
    `insert into customers as c (workspace_id, id, inbox_id, external_id, email, name) values ($1, $2, $3, $4, $5, $6)
     on conflict (workspace_id, inbox_id, external_id) where external_id is not null
     do update set email = coalesce(excluded.email, c.email), name = coalesce(excluded.name, c.name)
     returning ${columns}`,
    [
      customer.workspaceId,
      newId(),
      customer.inboxId,
      customer.externalId,
      customer.email ?? null,
      customer.name ?? null,
    ],
  );
  const [row] = made.rows;
  if (!row) throw new Error('an upsert returned no row');
  return row;
}

/**
 * Hands an anonymous customer's conversations to the one they turned out to be. A conversation whose opening message carries an id that
 * the other has used as well stays behind: it could not be told from theirs. All tokens of the anonymous one end, so that whoever else
 * may know one (a shared computer) does not follow into the account; nor does a socket that is still open: without the row it can write
 * no conversation that nobody would find again.
 */
export async function mergeCustomer(
  tx: PoolClient,
  { workspaceId, from, to }: { workspaceId: string; from: string; to: string },
): Promise<{ moved: number }> {
  // the row lock waits for a message that is being written into one of them, and keeps out the next
  await tx.query(`select 1 from customers where workspace_id = $1 and id = any($2::uuid[]) order by id for update`, [
    workspaceId,
    [from, to],
  ]);
  const moved = await tx.query(
    `update conversations c set customer_id = $3 where c.workspace_id = $1 and c.customer_id = $2
       and not exists (select 1 from conversations o where o.workspace_id = $1 and o.customer_id = $3 and o.opened_by = c.opened_by)`,
    [workspaceId, from, to],
  );
  await tx.query('delete from customer_tokens where workspace_id = $1 and customer_id = $2', [workspaceId, from]);
  await tx.query(
    `delete from customers u where u.workspace_id = $1 and u.id = $2
       and not exists (select 1 from conversations c where c.workspace_id = $1 and c.customer_id = $2)`,
    [workspaceId, from],
  );
  return { moved: moved.rowCount ?? 0 };
}
