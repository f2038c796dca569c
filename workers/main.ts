import { createDeps } from '../server/create-deps.ts';
import { migrate } from '../server/db/migrate.ts';
import { requireServices, runProcess } from '../server/run-process.ts';
import { startWorkers } from './start-workers.ts';

/** The work alone; any number of them. */
await runProcess(async (config) => {
  const opened = createDeps(config, requireServices(config));
  await migrate(opened.deps.db, () => opened.deps.log.warn('waiting for the database'));
  const workers = startWorkers(opened.deps, opened.redisUrl);
  opened.deps.log.info('workers ready');
  return {
    async stop() {
      await workers.stop();
      await opened.close();
    },
  };
});
