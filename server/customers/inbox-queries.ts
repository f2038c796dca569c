import type { InboxAppearance } from '../../protocol/widget.ts';
import type { Db } from '../db/pool.ts';
import { demoShop } from '../demo/articles.ts';
import { newId } from '../ids.ts';
import { newCredential } from '../staff/credentials.ts';

export type InboxRow = {
  workspaceId: string;
  id: string;
  key: string;
  name: string;
  allowedOrigins: string[];
  identitySecret: string | null;
  identityRequired: boolean;
  appearance: InboxAppearance;
  createdAt: Date;
};

const columns = `workspace_id as "workspaceId", id, key, name, allowed_origins as "allowedOrigins",
  identity_secret as "identitySecret", identity_required as "identityRequired", appearance, created_at as "createdAt"`;

/** By the public key: the only way in that names no workspace. */
export async function findInboxByKey(db: Db, key: string): Promise<InboxRow | undefined> {
  const found = await db.query<InboxRow>(`select ${columns} from inboxes where key = $1`, [key]);
  return found.rows[0];
}

export async function findInbox(db: Db, workspaceId: string, id: string): Promise<InboxRow | undefined> {
  const found = await db.query<InboxRow>(`select ${columns} from inboxes where workspace_id = $1 and id = $2`, [
    workspaceId,
    id,
  ]);
  return found.rows[0];
}

/** In the order of their making: ids are UUIDv7. */
export async function listInboxes(
  db: Db,
  { workspaceId, after, limit }: { workspaceId: string; after: string | undefined; limit: number },
): Promise<InboxRow[]> {
  const found = await db.query<InboxRow>(
    `select ${columns} from inboxes where workspace_id = $1 and ($2::uuid is null or id > $2) order by id limit $3`,
    [workspaceId, after ?? null, limit],
  );
  return found.rows;
}

export async function insertInbox(db: Db, inbox: Omit<InboxRow, 'id' | 'key' | 'createdAt'>): Promise<InboxRow> {
  const made = await db.query<InboxRow>(
    `insert into inboxes (workspace_id, id, key, name, allowed_origins, identity_secret, identity_required, appearance)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
    [
      inbox.workspaceId,
      newId(),
      newCredential('ib_', 18),
      inbox.name,
      inbox.allowedOrigins,
      inbox.identitySecret,
      inbox.identityRequired,
      inbox.appearance,
    ],
  );
  const [row] = made.rows;
  if (!row) throw new Error('an insert returned no row');
  return row;
}

/** What is undefined stays; an identity secret of null is removed. Appearance is merged, so that two admins change two fields. */
export async function updateInbox(
  db: Db,
  change: Pick<InboxRow, 'workspaceId' | 'id'> & {
    name?: string | undefined;
    allowedOrigins?: string[] | undefined;
    identitySecret?: string | null | undefined;
    identityRequired?: boolean | undefined;
    appearance?: Partial<InboxAppearance> | undefined;
  },
): Promise<InboxRow | undefined> {
  const changed = await db.query<InboxRow>(
    `update inboxes set name = coalesce($3, name), allowed_origins = coalesce($4, allowed_origins),
       identity_secret = case when $5 then $6 else identity_secret end,
       identity_required = coalesce($7, identity_required), appearance = appearance || coalesce($8::jsonb, '{}')
     where workspace_id = $1 and id = $2 returning ${columns}`,
    [
      change.workspaceId,
      change.id,
      change.name ?? null,
      change.allowedOrigins ?? null,
      change.identitySecret !== undefined,
      change.identitySecret ?? null,
      change.identityRequired ?? null,
      change.appearance ?? null,
    ],
  );
  return changed.rows[0];
}

/** The demo's: the oldest of that name that every website may use. */
export async function findDemoInboxKey(db: Db): Promise<string | undefined> {
  const found = await db.query<{ key: string }>(
    `select key from inboxes where name = $1 and '*' = any(allowed_origins) order by created_at, id limit 1`,
    [demoShop.name],
  );
  return found.rows[0]?.key;
}

/** Whether any inbox may be used from this website: all that a preflight, which has no body, can be told. */
export async function isOriginKnown(db: Db, origin: string): Promise<boolean> {
  const found = await db.query(`select 1 from inboxes where allowed_origins && array[$1, '*'] limit 1`, [origin]);
  return found.rowCount === 1;
}

/** Whether an agent is there to take a conversation. */
export async function isAnyoneOnline(db: Db, workspaceId: string): Promise<boolean> {
  const found = await db.query(
    `select 1 from agents where workspace_id = $1 and status = 'active' and presence = 'online' and present_until > now() limit 1`,
    [workspaceId],
  );
  return found.rowCount === 1;
}
