import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Services, startServices } from './services.ts';
import { apiKey, freePort } from './start-parley.ts';
import { until } from './until.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export type Member = {
  /** SIGKILL: no chance to clean up. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** For a server: where it listens, the same before and after a kill. */
  url: string;
};

export type Fleet = {
  servers: Member[];
  workers: Member[];
  services: Services;
  /** Looks at the truth; survives Postgres going away. */
  db: pg.Pool;
  workspaceId: string;
  inboxKey: string;
  stop(): Promise<void>;
};

type FleetOptions = { servers?: number; workers?: number; env?: Record<string, string> };

/** Servers and workers as processes of their own, on real services, as in production; each can be killed and started again. */
export async function startFleet({ servers = 1, workers = 1, env = {} }: FleetOptions): Promise<Fleet> {
  const services = await startServices();
  if (services.kind !== 'real') throw new Error('a fleet needs DATABASE_URL and REDIS_URL');
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-fleet-'));
  const shared = {
    DATABASE_URL: services.databaseUrl,
    REDIS_URL: services.redisUrl,
    DATA_DIR: dataDir,
    PARLEY_SECRET: 'a-secret-for-tests-of-32-characters-or-so',
    PARLEY_API_KEY: apiKey,
    PARLEY_ADMIN_PASSWORD: 'a-password-for-tests',
    LOG_LEVEL: 'error',
    SWEEP_SECONDS: '0.5',
    LEASE_SECONDS: '3',
    AGENT_GRACE_SECONDS: '4',
    ...env,
  };
  const started: Member[] = [];
  const member = async (script: string): Promise<Member> => {
    const made = createMember(script, { ...shared, PORT: String(await freePort()) });
    started.push(made);
    await made.start();
    return made;
  };
  const stop = async () => {
    await Promise.all(started.map((each) => each.kill()));
    await db.end();
    await services.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  const db = new pg.Pool({ connectionString: services.databaseUrl, max: 5 });
  db.on('error', () => undefined);
  try {
    const serverMembers: Member[] = [];
    for (let at = 0; at < servers; at++) serverMembers.push(await member('server/main.ts'));
    const workerMembers = await Promise.all(Array.from({ length: workers }, () => member('workers/main.ts')));
    const inbox = await db.query<{ key: string; workspaceId: string }>(
      `update inboxes set allowed_origins = '{*}' returning key, workspace_id as "workspaceId"`,
    );
    const { key = '', workspaceId = '' } = inbox.rows[0] ?? {};
    return { servers: serverMembers, workers: workerMembers, services, db, workspaceId, inboxKey: key, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createMember(script: string, env: Record<string, string>): Member {
  let child: ChildProcess | undefined;
  const url = `http://127.0.0.1:${env.PORT}`;
  return {
    url,
    async start() {
      child = spawn(process.execPath, ['--import', 'tsx', script], {
        cwd: root,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const running = child;
      if (!script.startsWith('server')) return;
      await until(
        `${script} answers`,
        async () => {
          if (running.exitCode !== null) throw new Error(`${script} ended with ${running.exitCode}`);
          return fetch(`${url}/healthz`).then(
            (response) => response.ok,
            () => false,
          );
        },
        45_000,
      );
    },
    async kill() {
      const dying = child;
      if (!dying || dying.exitCode !== null || dying.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => dying.once('exit', () => resolve()));
      dying.kill('SIGKILL');
      await gone;
    },
  };
}

const run = promisify(execFile);

/** Kills or starts Postgres or Valkey themselves; SERVICES_CONTROL names the program that can (see .ci/services). */
export async function controlService(action: 'kill' | 'start', service: 'postgres' | 'valkey'): Promise<void> {
  const control = process.env.SERVICES_CONTROL;
  if (!control) throw new Error('SERVICES_CONTROL is not set: eval "$(.ci/services up)" sets it');
  await run(control, [action, service]);
}
