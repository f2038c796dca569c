import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';

/** What a thread tells its starter, once. */
export const serviceMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), port: z.number().int() }),
  z.object({ type: z.literal('failed'), reason: z.string() }),
]);

export type ServiceThread = {
  /** The port on 127.0.0.1, once the service answers there. Rejects when the thread ends before. */
  ready: Promise<number>;
  /** Resolves when the thread ends without having been asked to; never otherwise. */
  failure: Promise<Error>;
  /** Asks the thread to finish, ends it by force after `stopTimeoutMs`. May be called again. */
  stop(): Promise<void>;
};

const stopTimeoutMs = 10_000;

// Threads are TypeScript wherever they are started from (tsx, vitest, any working directory), and neither the parent's loader
// nor `--import tsx` reaches a worker on Node 20: the thread registers tsx itself and then loads its script.
// (require.resolve finds the CommonJS build only, and vitest has no import.meta.resolve.)
const tsxPackage = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
const tsxApi = new URL('./dist/esm/api/index.mjs', tsxPackage).href;

function bootstrap(script: URL): URL {
  const code = `import { register } from ${JSON.stringify(tsxApi)}; register(); await import(${JSON.stringify(script.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

export function startServiceThread(name: string, script: URL, workerData: Record<string, unknown>): ServiceThread {
  // --no-warnings: node:wasi calls itself experimental at every start.
  const worker = new Worker(bootstrap(script), { name, workerData, execArgv: ['--no-warnings'] });
  let stopping: Promise<void> | null = null;
  let reason = 'it ended without a word';
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const ready = new Promise<number>((resolve) => {
    worker.on('message', (raw) => {
      const message = serviceMessageSchema.parse(raw);
      if (message.type === 'ready') resolve(message.port);
      else reason = message.reason;
    });
  });
  worker.on('error', (error) => {
    reason = error.message;
  });
  const failure = new Promise<Error>((resolve) => {
    void exited.then(() => {
      if (!stopping) resolve(new Error(`The embedded ${name} stopped unexpectedly: ${reason}`));
    });
  });

  async function finish(): Promise<void> {
    worker.postMessage('stop');
    const force = setTimeout(() => void worker.terminate(), stopTimeoutMs);
    await exited;
    clearTimeout(force);
  }

  return {
    ready: Promise.race([ready, failure.then((error) => Promise.reject(error))]),
    failure,
    stop: () => {
      stopping ??= finish();
      return stopping;
    },
  };
}
