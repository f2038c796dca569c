import { randomBytes } from 'node:crypto';
import { insertInbox } from '../customers/inbox-queries.ts';
import { defaultAppearance } from '../customers/inboxes.ts';
import type { Db, PoolClient } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import { demoShop } from '../demo/articles.ts';
import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';
import { ensureAccount } from './account-queries.ts';
import { insertAgent } from './agent-queries.ts';
import { keepEnvironmentKey } from './api-key-queries.ts';
import { shownPrefix } from './api-keys.ts';
import { hashCredential } from './credentials.ts';
import { hashPassword } from './password.ts';

/** Any constant of our own: one process sets a workspace up at a time. */
const bootstrapLock = 7_318_349_395;

const demoAgents = [
  { email: 'mara@example.com', name: 'Mara Lindqvist' },
  { email: 'jonas@example.com', name: 'Jonas Weber' },
];

/**
 * On an empty database: the workspace, its owner and an inbox, with `config.demo` two agents as well, all in one transaction. Every
 * time: the API key of the environment. `ownerPassword` is there only when it was generated just now, to be printed once; the two
 * agents of a demo share it. Several processes may call it at once.
 */
export async function bootstrapWorkspace(
  deps: Pick<Deps, 'config' | 'db'>,
): Promise<{ created: boolean; workspaceId: string; ownerPassword?: string }> {
  const { config, db } = deps;
  const generated = config.admin.password === undefined;
  const password = config.admin.password ?? randomBytes(12).toString('base64url');
  // hashing takes long on purpose: not inside the transaction, and only on the first start
  const hashes = (await findWorkspace(db)) ? undefined : await hashAll(config, password);

  return transaction(db, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [bootstrapLock]);
    const before = await findWorkspace(tx);
    if (!before) {
      if (!hashes) throw new Error('the workspace disappeared while the server started');
      await createWorkspace(tx, config, hashes);
    }
    const workspace = before ?? (await findWorkspace(tx));
    if (!workspace) throw new Error('the workspace was not made');
    const { workspaceId, ownerId } = workspace;
    if (config.apiKey && ownerId) {
      const key = { prefix: shownPrefix(config.apiKey), keyHash: hashCredential(config.apiKey) };
      await keepEnvironmentKey(tx, { workspaceId, agentId: ownerId, ...key });
    }
    return before || !generated
      ? { created: !before, workspaceId }
      : { created: true, workspaceId, ownerPassword: password };
  });
}

type Hashes = { owner: string; agents: string[] };

async function hashAll(config: Deps['config'], password: string): Promise<Hashes> {
  const [owner, ...agents] = await Promise.all([
    hashPassword(password),
    ...(config.demo ? demoAgents : []).map(() => hashPassword(password)),
  ]);
  return { owner, agents };
}

async function createWorkspace(tx: PoolClient, config: Deps['config'], hashes: Hashes): Promise<void> {
  const workspaceId = newId();
  const name = config.demo ? demoShop.name : 'Support';
  await tx.query('insert into workspaces (id, name) values ($1, $2)', [workspaceId, name]);

  const people = [{ email: config.admin.email, name: 'Owner', role: 'owner' as const, hash: hashes.owner }];
  for (const person of people) await addPerson(tx, workspaceId, person);
  for (const [index, hash] of hashes.agents.entries()) {
    const agent = demoAgents[index];
    if (agent && agent.email !== config.admin.email.toLowerCase()) {
      await addPerson(tx, workspaceId, { ...agent, role: 'agent', hash });
    }
  }

  const { name: _, ...look } = demoShop;
  await insertInbox(tx, {
    workspaceId,
    name,
    allowedOrigins: config.demo ? ['*'] : [],
    identitySecret: null,
    identityRequired: false,
    appearance: config.demo ? { ...defaultAppearance, ...look } : defaultAppearance,
  });
}

async function addPerson(
  tx: PoolClient,
  workspaceId: string,
  person: { email: string; name: string; role: 'owner' | 'agent'; hash: string },
): Promise<void> {
  const { userId } = await ensureAccount(tx, { email: person.email, name: person.name, passwordHash: person.hash });
  const { email, name, role } = person;
  await insertAgent(tx, { workspaceId, email, name, role, status: 'active', userId });
}

/** The oldest workspace, with its first active owner. */
async function findWorkspace(db: Db) {
  const found = await db.query<{ workspaceId: string; ownerId: string | null }>(
    `select w.id as "workspaceId", (select a.id from agents a
       where a.workspace_id = w.id and a.role = 'owner' and a.status = 'active' order by a.created_at, a.id limit 1) as "ownerId"
     from workspaces w order by w.created_at, w.id limit 1`,
  );
  return found.rows[0];
}
