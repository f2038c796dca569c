import { newId } from '../../server/ids.ts';
import { insertAgent } from '../../server/staff/agent-queries.ts';
import { insertApiKey } from '../../server/staff/api-key-queries.ts';
import { bootstrapWorkspace } from '../../server/staff/bootstrap.ts';
import { hashCredential } from '../../server/staff/credentials.ts';
import { type HttpWorld, startHttpWorld } from './http.ts';
import { type Caller, createCaller } from './http-caller.ts';

/** Of the owner and the two demo agents. */
export const password = 'correct horse battery';
const ownerKey = 'pk_live_owner-key-0123456789abcdef';

export type StaffWorld = {
  world: HttpWorld;
  url: string;
  workspaceId: string;
  ownerId: string;
  /** Calls by the environment's API key: an admin. */
  admin: Caller;
  nobody: Caller;
  agent: Caller;
  /** The owner of another workspace. */
  stranger: Caller;
  /** A new agent of this role in the workspace, with an API key. */
  addKey(role: 'owner' | 'admin' | 'agent', keyRole?: 'admin' | 'agent'): Promise<{ key: string; agentId: string }>;
  /** Signs in as a browser on our own page does; gives a caller with the cookie. */
  signIn(
    email: string,
    secret: string,
    origin?: string,
  ): Promise<{ answer: Awaited<ReturnType<Caller['post']>>; cookie: string; caller: Caller }>;
  /** As if nobody had tried anything yet. */
  forgetTries(): Promise<void>;
  stop(): Promise<void>;
};

/** The demo workspace with its staff, and another one, seen from the outside. */
export async function startStaffWorld(): Promise<StaffWorld> {
  const world = await startHttpWorld({ PARLEY_API_KEY: ownerKey, PARLEY_ADMIN_PASSWORD: password });
  const { db, redis } = world.deps;
  const { workspaceId } = await bootstrapWorkspace(world.deps);
  const { url } = await world.serve();
  const nobody = createCaller(url);
  const other = newId();
  await db.query('insert into workspaces (id, name) values ($1, $2)', [other, 'Other']);
  const owners = await db.query<{ id: string }>(`select id from agents where workspace_id = $1 and role = 'owner'`, [
    workspaceId,
  ]);
  return {
    world,
    url,
    workspaceId,
    ownerId: owners.rows[0]?.id ?? '',
    admin: createCaller(url, { key: ownerKey }),
    nobody,
    agent: createCaller(url, { key: (await addKey(world, workspaceId, 'agent')).key }),
    stranger: createCaller(url, { key: (await addKey(world, other, 'owner')).key }),
    addKey: (role, keyRole) => addKey(world, workspaceId, role, keyRole),
    async signIn(email, secret, origin = url) {
      const answer = await nobody.post('/api/auth/sign-in/email', { email, password: secret }, { origin });
      const cookie = answer.cookies.map((line) => line.split(';')[0]).join('; ');
      return { answer, cookie, caller: createCaller(url, { cookie, origin: url }) };
    },
    async forgetTries() {
      const keys = await redis.keys('parley:limit:*');
      if (keys.length > 0) await redis.del(keys);
    },
    stop: () => world.stop(),
  };
}

async function addKey(
  { deps: { db } }: HttpWorld,
  workspaceId: string,
  role: 'owner' | 'admin' | 'agent',
  keyRole: 'admin' | 'agent' = 'admin',
) {
  const email = `${newId()}@example.com`;
  const made = await insertAgent(db, {
    workspaceId,
    email,
    name: `An ${role}`,
    role,
    status: 'active',
    userId: undefined,
  });
  if (!made) throw new Error('no agent');
  const key = `pk_test_${newId()}`;
  const keyHash = hashCredential(key);
  await insertApiKey(db, { workspaceId, agentId: made.id, name: 'test', role: keyRole, prefix: 'pk_test_', keyHash });
  return { key, agentId: made.id };
}
