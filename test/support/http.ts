import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import { type Config, parseConfig } from '../../server/config.ts';
import { createDeps } from '../../server/create-deps.ts';
import { migrate } from '../../server/db/migrate.ts';
import type { Deps } from '../../server/deps.ts';
import { type AppExtra, createApp } from '../../server/http/app.ts';
import type { Encoder } from '../../server/knowledge/encoder.ts';
import { createEncoders } from '../../server/knowledge/encoders.ts';
import { createLog } from '../../server/log.ts';
import { startServices } from './services.ts';

export type HttpWorld = {
  deps: Deps;
  /** What was published, oldest first. */
  published: { to: string; event: string }[];
  /** Lines of the log, parsed. */
  logged: Record<string, unknown>[];
  /** Serves an app with these changes to the configuration; ended with the world. */
  serve(changes?: Partial<Config>, extra?: AppExtra): Promise<{ url: string; app: Express; deps: Deps }>;
  stop(): Promise<void>;
};

const unused = (name: string) => () => Promise.reject(new Error(`${name} is not part of this test`));

/** Database, Redis, queues and log as in production (the embedded Postgres has one connection); neither model nor encoder. */
export async function startHttpWorld(environment: Record<string, string> = {}): Promise<HttpWorld> {
  const services = await startServices();
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-http-'));
  const logged: Record<string, unknown>[] = [];
  const log = createLog('debug', { write: (line) => void logged.push(JSON.parse(line)) });
  const config = parseConfig({ DATA_DIR: dataDir, PORT: '0', ...environment });
  const opened = createDeps(config, { ...services, embedded: services.kind === 'embedded' }, log);
  const { redis } = opened.deps;
  const isReady = redis.status === 'ready' || new Promise<void>((resolve) => redis.once('ready', () => resolve()));
  await Promise.all([migrate(opened.deps.db), isReady]);
  const published: HttpWorld['published'] = [];
  const record = (to: string, event: string) => void published.push({ to, event });
  const encoder: Encoder = {
    space: { provider: 'none', model: 'none', dimensions: 1 },
    embed: unused('the encoder'),
    close: async () => {},
  };
  const deps: Deps = {
    ...opened.deps,
    publish: { toCustomer: record, toCustomers: record, toAgents: record, toViewers: record },
    llm: { chat: unused('the model') },
    encoder,
    encoders: createEncoders(config, encoder),
  };

  const ends: (() => Promise<void>)[] = [];
  return {
    deps,
    published,
    logged,
    async serve(changes = {}, extra = {}) {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const served: Deps = { ...deps, config: { ...config, publicUrl: url, ...changes } };
      const app = createApp(served, extra);
      server.on('request', app);
      ends.push(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      });
      return { url, app, deps: served };
    },
    async stop() {
      for (const end of ends) await end();
      await opened.close();
      await services.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
