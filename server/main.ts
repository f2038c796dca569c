import { createDeps } from './create-deps.ts';
import { migrate } from './db/migrate.ts';
import { seedDemo } from './demo/seed-demo.ts';
import { requireServices, runProcess } from './run-process.ts';
import { bootstrapWorkspace } from './staff/bootstrap.ts';
import { startServer } from './start-server.ts';

/** HTTP and sockets alone; any number of them. Work is done by `npm run start:workers`. */
await runProcess(async (config) => {
  const opened = createDeps(config, requireServices(config));
  await migrate(opened.deps.db, () => opened.deps.log.warn('waiting for the database'));
  const { workspaceId, ownerPassword } = await bootstrapWorkspace(opened.deps);
  if (config.demo) await seedDemo(opened.deps, workspaceId);
  if (ownerPassword) console.log(`Owner: ${config.admin.email}  password: ${ownerPassword}  (shown once)`);
  const server = await startServer(opened);
  opened.deps.log.info({ port: server.port }, 'server ready');
  return {
    async stop() {
      await server.stop();
      await opened.close();
    },
  };
});
