import type { Role } from '../../protocol/staff.ts';
import type { Db } from '../db/pool.ts';
import { newId } from '../ids.ts';

export type ApiKeyRow = {
  id: string;
  name: string;
  role: 'admin' | 'agent';
  prefix: string;
  agentId: string;
  source: 'staff' | 'environment';
  createdAt: Date;
  lastUsedAt: Date | null;
};

const columns = `id, name, role, prefix, agent_id as "agentId", source, created_at as "createdAt", last_used_at as "lastUsedAt"`;

export type KeyHolder = {
  id: string;
  workspaceId: string;
  agentId: string;
  name: string;
  keyRole: Role;
  agentRole: Role;
  stale: boolean;
};

/**
 * Who stands behind a key, if they are still active. Runs on every API call: one probe of the unique index on key_hash. `stale`: the
 * time of the last use is more than a minute old and wants writing.
 */
export async function findKeyHolder(db: Db, keyHash: Buffer): Promise<KeyHolder | undefined> {
  const found = await db.query<KeyHolder>(
    `select k.id, k.workspace_id as "workspaceId", a.id as "agentId", a.name, k.role as "keyRole", a.role as "agentRole",
       coalesce(k.last_used_at < now() - interval '1 minute', true) as stale
     from api_keys k join agents a on a.workspace_id = k.workspace_id and a.id = k.agent_id
     where k.key_hash = $1 and a.status = 'active'`,
    [keyHash],
  );
  return found.rows[0];
}

export async function touchApiKey(db: Db, workspaceId: string, id: string): Promise<void> {
  await db.query('update api_keys set last_used_at = now() where workspace_id = $1 and id = $2', [workspaceId, id]);
}

export async function insertApiKey(
  db: Db,
  key: {
    workspaceId: string;
    agentId: string;
    name: string;
    role: 'admin' | 'agent';
    prefix: string;
    keyHash: Buffer;
  },
): Promise<ApiKeyRow> {
  const made = await db.query<ApiKeyRow>(
    `insert into api_keys (workspace_id, id, agent_id, name, role, prefix, key_hash) values ($1, $2, $3, $4, $5, $6, $7)
     returning ${columns}`,
    [key.workspaceId, newId(), key.agentId, key.name, key.role, key.prefix, key.keyHash],
  );
  const [row] = made.rows;
  if (!row) throw new Error('an insert returned no row');
  return row;
}

/** In the order of their making: ids are UUIDv7. */
export async function listApiKeys(
  db: Db,
  { workspaceId, after, limit }: { workspaceId: string; after: string | undefined; limit: number },
): Promise<ApiKeyRow[]> {
  const found = await db.query<ApiKeyRow>(
    `select ${columns} from api_keys where workspace_id = $1 and ($2::uuid is null or id > $2) order by id limit $3`,
    [workspaceId, after ?? null, limit],
  );
  return found.rows;
}

export async function deleteApiKey(db: Db, workspaceId: string, id: string): Promise<boolean> {
  const gone = await db.query('delete from api_keys where workspace_id = $1 and id = $2', [workspaceId, id]);
  return gone.rowCount === 1;
}

/** The key named in the environment: another value replaces the one before, which stops working. */
export async function keepEnvironmentKey(
  db: Db,
  key: { workspaceId: string; agentId: string; prefix: string; keyHash: Buffer },
): Promise<void> {
  await db.query(
    `insert into api_keys (workspace_id, id, agent_id, name, role, prefix, key_hash, source)
     values ($1, $2, $3, 'PARLEY_API_KEY', 'admin', $4, $5, 'environment')
     on conflict (workspace_id) where source = 'environment'
     do update set agent_id = excluded.agent_id, prefix = excluded.prefix, key_hash = excluded.key_hash`,
    [key.workspaceId, newId(), key.agentId, key.prefix, key.keyHash],
  );
}
