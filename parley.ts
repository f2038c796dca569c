import { buildWeb } from './scripts/build-web.ts';
import { type Config, ConfigError } from './server/config.ts';
import { createDeps, type Opened } from './server/create-deps.ts';
import { migrate } from './server/db/migrate.ts';
import { seedDemo } from './server/demo/seed-demo.ts';
import { startEmbedded } from './server/embedded/start-embedded.ts';
import { type Running, runProcess } from './server/run-process.ts';
import { bootstrapWorkspace } from './server/staff/bootstrap.ts';
import { startServer } from './server/start-server.ts';
import { startWorkers } from './workers/start-workers.ts';

/** `npm start`: everything in one process, on the embedded services or on the real ones that DATABASE_URL and REDIS_URL name. */
await runProcess(async (config) => {
  await buildWeb(progress);
  const services = await openServices(config);
  const opened = createDeps(config, services);
  try {
    return await startAll(opened, services);
  } catch (error) {
    await opened.close();
    await services.stop();
    throw error;
  }
});

function progress(step: string): void {
  console.log(`${step} …`);
}

type Services = { databaseUrl: string; redisUrl: string; embedded: boolean; stop(): Promise<void> };

async function openServices(config: Config): Promise<Services> {
  const { databaseUrl, redisUrl, dataDir } = config;
  if (databaseUrl && redisUrl) return { databaseUrl, redisUrl, embedded: false, stop: async () => {} };
  if (databaseUrl || redisUrl) {
    const [given, missing] = databaseUrl ? ['DATABASE_URL', 'REDIS_URL'] : ['REDIS_URL', 'DATABASE_URL'];
    throw new ConfigError(`${missing} is not set while ${given} is; it wants both, or neither for the embedded ones.`);
  }
  const embedded = await startEmbedded({ dataDir, onProgress: progress });
  void embedded.failure.then((error) => {
    console.error(error);
    process.exit(1);
  });
  return { ...embedded, embedded: true };
}

async function startAll(opened: Opened, services: Services): Promise<Running> {
  const { deps } = opened;
  const { config } = deps;
  await migrate(deps.db, () => progress('Waiting for the database'));
  const workspace = await bootstrapWorkspace(deps);
  const seeded = config.demo ? await seedDemo(deps, workspace.workspaceId) : 0;
  const workers = startWorkers(deps, opened.redisUrl);
  const server = await startServer(opened);
  greet(config, workspace.ownerPassword, seeded);
  return {
    async stop() {
      console.log('\nStopping: finishing what is under way …');
      await server.stop();
      await workers.stop();
      await opened.close();
      await services.stop();
    },
  };
}

function greet(config: Config, ownerPassword: string | undefined, seeded: number): void {
  const lines = ['', 'Parley is running.', ''];
  if (config.demo) lines.push(`  Chat as a customer   ${config.publicUrl}/demo`);
  lines.push(`  Answer as an agent   ${config.publicUrl}/console`);
  if (ownerPassword) lines.push(`  Sign in with         ${config.admin.email}  ${ownerPassword}  (shown only now)`);
  if (seeded > 0) lines.push('', `  ${seeded} help articles are being indexed; answers come within seconds.`);
  lines.push('', '  Ctrl-C stops it.', '');
  console.log(lines.join('\n'));
}
