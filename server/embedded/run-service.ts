import { inspect } from 'node:util';
import { parentPort } from 'node:worker_threads';

export type RunningService = { port: number; stop(): Promise<void> };

/**
 * The thread's side of startServiceThread: starts the service, says that it is ready, stops it when asked.
 * `fail` is for a service that finds itself broken: the thread reports why and ends, so that nobody waits for it.
 */
export async function runService(start: (fail: (reason: unknown) => never) => Promise<RunningService>): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('This file runs as a worker thread only');
  const fail = (reason: unknown): never => {
    port.postMessage({ type: 'failed', reason: inspect(reason) });
    process.exit(1);
  };
  try {
    const service = await start(fail);
    port.once('message', () => {
      service.stop().then(() => process.exit(0), fail);
    });
    port.postMessage({ type: 'ready', port: service.port });
  } catch (error) {
    fail(error);
  }
}
