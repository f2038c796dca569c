import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { authenticateApiKey } from '../../server/staff/authenticate.ts';
import { bootstrapWorkspace } from '../../server/staff/bootstrap.ts';
import { loadSecret } from '../../server/staff/secret.ts';
import { type HttpWorld, startHttpWorld } from '../support/http.ts';
import { createCaller } from '../support/http-caller.ts';

let world: HttpWorld;
let isOpen = false;
async function open(environment?: Record<string, string>): Promise<HttpWorld> {
  const opened = await startHttpWorld(environment);
  isOpen = true;
  return opened;
}
afterEach(async () => {
  if (isOpen) await world.stop();
  isOpen = false;
});

const countAll = async () => {
  const counts = await world.deps.db.query(
    `select (select count(*)::int from workspaces) as workspaces, (select count(*)::int from agents) as agents,
       (select count(*)::int from inboxes) as inboxes, (select count(*)::int from auth_accounts) as accounts`,
  );
  return counts.rows[0];
};

test('starts at once make one workspace, and the generated password is told once', async () => {
  world = await open();
  const made = await Promise.all([1, 2, 3].map(() => bootstrapWorkspace(world.deps)));
  expect(made.filter((result) => result.created)).toHaveLength(1);
  const passwords = made.flatMap((result) => result.ownerPassword ?? []);
  expect(passwords).toHaveLength(1);
  expect(new Set(made.map((result) => result.workspaceId)).size).toBe(1);
  expect(await countAll()).toEqual({ workspaces: 1, agents: 3, inboxes: 1, accounts: 3 });
  expect(await bootstrapWorkspace(world.deps)).toEqual({ created: false, workspaceId: made[0]?.workspaceId });

  const { url } = await world.serve();
  for (const email of ['owner@example.com', 'mara@example.com', 'jonas@example.com']) {
    const answer = await createCaller(url).post('/api/auth/sign-in/email', { email, password: passwords[0] });
    expect(answer.status).toBe(200);
  }
  expect(JSON.stringify(world.logged)).not.toContain(passwords[0]);
});

test('a failure half-way leaves nothing, and the next start does all of it', async () => {
  world = await open();
  await world.deps.db.query('alter table inboxes add constraint broken check (name is null)');
  await expect(bootstrapWorkspace(world.deps)).rejects.toThrow();
  expect(await countAll()).toEqual({ workspaces: 0, agents: 0, inboxes: 0, accounts: 0 });
  await world.deps.db.query('alter table inboxes drop constraint broken');
  expect((await bootstrapWorkspace(world.deps)).created).toBe(true);
});

test('without the demo there is an owner, and an inbox that no website may use yet', async () => {
  world = await open({
    PARLEY_DEMO: '0',
    PARLEY_ADMIN_EMAIL: 'Boss@example.com',
    PARLEY_ADMIN_PASSWORD: 'long enough',
  });
  expect((await bootstrapWorkspace(world.deps)).ownerPassword).toBeUndefined();
  expect(await countAll()).toEqual({ workspaces: 1, agents: 1, inboxes: 1, accounts: 1 });
  const inbox = await world.deps.db.query('select allowed_origins from inboxes');
  expect(inbox.rows).toEqual([{ allowed_origins: [] }]);
  const { url } = await world.serve();
  const signedIn = await createCaller(url).post('/api/auth/sign-in/email', {
    email: 'boss@example.com',
    password: 'long enough',
  });
  expect(signedIn.status).toBe(200);
});

test('the key of the environment is an admin’s, and another value replaces it', async () => {
  const first = 'pk_live_first_0123456789abcdef';
  world = await open({ PARLEY_API_KEY: first });
  await bootstrapWorkspace(world.deps);
  await bootstrapWorkspace(world.deps);
  expect(await authenticateApiKey(world.deps, first)).toMatchObject({ role: 'admin', via: 'api_key' });
  const second = 'pk_live_second_0123456789abcdef';
  await bootstrapWorkspace({ ...world.deps, config: { ...world.deps.config, apiKey: second } });
  expect(await authenticateApiKey(world.deps, first)).toBeUndefined();
  expect(await authenticateApiKey(world.deps, second)).toBeDefined();
});

test('processes that start at once agree on one secret, which only its owner can read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-secret-'));
  const dataDir = join(folder, 'new');
  const module = new URL('../../server/staff/secret.ts', import.meta.url).href;
  const code = `
    import { loadSecret } from ${JSON.stringify(module)};
    process.stdin.once('data', () => {
      console.log(loadSecret({ secret: undefined, dataDir: ${JSON.stringify(dataDir)} }));
      process.exit(0);
    });
    console.log('ready');`;
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const lines = children.map((child) => createInterface(child.stdout)[Symbol.asyncIterator]());
  await Promise.all(lines.map((line) => line.next()));
  for (const child of children) child.stdin.write('go');
  const secrets = await Promise.all(lines.map(async (line) => (await line.next()).value));

  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]).toMatch(/^[\w-]{43}$/);
  expect((await readFile(join(dataDir, 'secret'), 'utf8')).trim()).toBe(secrets[0]);
  expect((await stat(join(dataDir, 'secret'))).mode & 0o777).toBe(0o600);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  expect(await readdir(dataDir)).toEqual(['secret']);
  expect(loadSecret({ secret: 'x'.repeat(32), dataDir })).toBe('x'.repeat(32));
  await rm(folder, { recursive: true });
});
