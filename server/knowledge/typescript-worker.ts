import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

// On Node 20 neither the parent's loader nor `--import tsx` reaches a worker: the thread registers tsx itself and then loads its
// script, wherever it was started from (tsx, vitest, any working directory).
const tsxPackage = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
const tsxApi = new URL('./dist/esm/api/index.mjs', tsxPackage).href;

function bootstrap(script: URL): URL {
  const code = `import { register } from ${JSON.stringify(tsxApi)}; register(); await import(${JSON.stringify(script.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

/** A thread that runs a TypeScript file. It does not keep the process alive; call `ref()` while waiting for it. */
export function startTypescriptWorker(
  script: URL,
  name: string,
  options: Pick<WorkerOptions, 'resourceLimits' | 'workerData'> = {},
): Worker {
  const worker = new Worker(bootstrap(script), { name, execArgv: ['--no-warnings'], ...options });
  worker.unref();
  // whoever waits for an answer hears of it in ask(); between two questions nobody needs to
  worker.on('error', () => {});
  return worker;
}

/** Sends one message and waits for the one answer. Rejects when the thread ends, breaks or takes longer than `timeoutMs`. */
export function ask(worker: Worker, message: unknown, timeoutMs: number): Promise<unknown> {
  let forget = () => {};
  const answer = new Promise<unknown>((resolve, reject) => {
    const onExit = () => reject(new Error('the thread ended'));
    const timer = setTimeout(() => reject(new ThreadTimeout()), timeoutMs);
    worker.once('message', resolve).once('error', reject).once('exit', onExit);
    forget = () => {
      clearTimeout(timer);
      worker.off('message', resolve).off('error', reject).off('exit', onExit);
      worker.unref();
    };
  });
  worker.ref();
  worker.postMessage(message);
  return answer.finally(forget);
}

export class ThreadTimeout extends Error {
  override name = 'ThreadTimeout';
  constructor() {
    super('the thread took too long');
  }
}
