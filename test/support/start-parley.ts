import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../server/config.ts';
import { createDeps } from '../../server/create-deps.ts';
import { migrate } from '../../server/db/migrate.ts';
import type { Deps } from '../../server/deps.ts';
import { bootstrapWorkspace } from '../../server/staff/bootstrap.ts';
import { startServer } from '../../server/start-server.ts';
import { startWorkers } from '../../workers/start-workers.ts';
import { type Services, startServices } from './services.ts';

export const apiKey = 'pk_test_0123456789abcdef0123456789';

export type TestParley = {
  url: string;
  deps: Deps;
  services: Services;
  workspaceId: string;
  inboxKey: string;
  stop(): Promise<void>;
};

/** A whole Parley in this process, on services of its own, with an empty knowledge base. `env` overrides settings. */
export async function startParley(env: Record<string, string> = {}): Promise<TestParley> {
  const services = await startServices();
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-test-data-'));
  const config = parseConfig({
    PORT: String(await freePort()),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    PARLEY_DEMO: '1',
    PARLEY_API_KEY: apiKey,
    PARLEY_ADMIN_PASSWORD: 'a-password-for-tests',
    SWEEP_SECONDS: '0.3',
    ...env,
  });
  const opened = createDeps(config, { ...services, embedded: services.kind === 'embedded' });
  await migrate(opened.deps.db);
  const { workspaceId } = await bootstrapWorkspace(opened.deps);
  const workers = startWorkers(opened.deps, opened.redisUrl);
  const server = await startServer(opened);
  const inbox = await opened.deps.db.query<{ key: string }>('select key from inboxes where workspace_id = $1', [
    workspaceId,
  ]);
  return {
    url: config.publicUrl,
    deps: opened.deps,
    services,
    workspaceId,
    inboxKey: inbox.rows[0]?.key ?? '',
    async stop() {
      await server.stop();
      await workers.stop();
      await opened.close();
      await services.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
