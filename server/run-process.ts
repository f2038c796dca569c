import { existsSync } from 'node:fs';
import { type Config, ConfigError, parseConfig } from './config.ts';

/** What does not end by itself within this time is left behind. */
const stopWithinMs = 20_000;

export type Running = { stop(): Promise<void> };

/** Settings from `.env` where there is one; what is set already wins. */
function readConfig(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return parseConfig(process.env);
}

/**
 * Runs one process from its start to a clean stop by Ctrl-C or SIGTERM; a second signal ends it at once. An error at the start
 * is told in one line, for it is mostly a setting or a port.
 */
export async function runProcess(start: (config: Config) => Promise<Running>): Promise<void> {
  let running: Running;
  try {
    running = await start(readConfig());
  } catch (error) {
    const isExpected =
      error instanceof ConfigError || (error instanceof Error && error.name === 'DataFolderInUseError');
    console.error(isExpected && error instanceof Error ? `Parley cannot start: ${error.message}` : error);
    process.exit(1);
  }
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** For processes that cannot run on the embedded services. */
export function requireServices(config: Config): { databaseUrl: string; redisUrl: string; embedded: false } {
  const { databaseUrl, redisUrl } = config;
  if (!databaseUrl || !redisUrl) {
    throw new ConfigError(
      'DATABASE_URL and REDIS_URL are not set; a process of its own wants both. npm start alone runs without them.',
    );
  }
  return { databaseUrl, redisUrl, embedded: false };
}
