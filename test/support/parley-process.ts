import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiKey, freePort } from './start-parley.ts';
import { until } from './until.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export type ParleyProcess = {
  url: string;
  /** What it has printed since its first start. */
  output(): string;
  /** Up and ready. */
  start(): Promise<void>;
  /** As by Ctrl-C; throws when it does not end cleanly. */
  stop(): Promise<void>;
  /** Ends it whatever its state, and takes its data away. */
  remove(): Promise<void>;
};

/** `npm start` in a process of its own on the embedded services, at one port and on one data folder over all its starts. */
export async function createParleyProcess(env: Record<string, string> = {}): Promise<ParleyProcess> {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-process-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let output = '';
  const keep = (text: Buffer) => {
    output += text;
  };

  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const ending = child;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return ending?.exitCode ?? 0;
    const ended = new Promise<number | null>((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    return ended;
  }

  return {
    url,
    output: () => output,
    async start() {
      const own = { PORT: String(port), DATA_DIR: dataDir, PARLEY_API_KEY: apiKey, LOG_LEVEL: 'error' };
      child = spawn(process.execPath, ['--import', 'tsx', 'parley.ts'], {
        cwd: root,
        env: { ...inherited, ...own, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout?.on('data', keep);
      child.stderr?.on('data', keep);
      await until('Parley is ready', isReady, 90_000, 100);
    },
    async stop() {
      const code = await end('SIGINT');
      if (code !== 0) throw new Error(`Parley ended with ${code}:\n${output.slice(-2_000)}`);
    },
    async remove() {
      await end('SIGKILL');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
