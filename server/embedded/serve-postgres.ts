import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import {
  askPassword,
  classifyFirstPacket,
  completeMessages,
  fatalError,
  messageType,
  queryMessage,
  syncMessage,
} from './postgres-wire.ts';

/*
 * PGlite has one session. Clients get it one after the other, each for as long as its connection lives:
 *   greeting → password → waiting → serving → closed
 * Handing single messages of several clients to it in turn mixes up their statements and transactions.
 * Between two clients the session is made as new, so that no transaction, setting, lock or prepared statement passes over.
 */

type Client = {
  socket: Socket;
  state: 'greeting' | 'password' | 'waiting' | 'serving' | 'closed';
  startup: Buffer;
  input: Buffer[];
  /** Bytes to wait for before looking at `input` again: a long message is put together once, not at every packet. */
  missing: number;
};

type Options = {
  password: string;
  /** Called when Postgres itself has broken down (a panic, a trap in the wasm); must end the thread. */
  onBroken: (reason: unknown) => never;
};

/** How long a further connection waits for the one before it to close. A pool that replaces its connection needs milliseconds. */
const waitForTurnMs = 5_000;
const firstPacketBytesMax = 10_000;

export async function servePostgres(db: PGlite, { password, onBroken }: Options) {
  const clients = new Set<Client>();
  const waiting: Client[] = [];
  let serving: Client | null = null;

  /** Runs whole messages in the one session. Synchronous, all of it: nothing can come in between. */
  function execute(messages: Buffer): Buffer {
    const output: Buffer[] = [];
    // The stream call keeps nothing of the answer, where the others collect every message they ever parsed.
    db.execProtocolRawStream(messages, {
      syncToFs: false,
      onRawData: (bytes) => output.push(Buffer.from(bytes)),
    }).catch(onBroken);
    return Buffer.concat(output);
  }

  function resetSession(): void {
    // The first rollback undoes statements whose Sync never came, the second one a failed batch, whose messages are skipped until a Sync.
    for (const step of [queryMessage('rollback'), syncMessage, queryMessage('rollback'), queryMessage('discard all')]) {
      execute(step);
    }
  }

  function refuse(client: Client, sqlState: string, text: string): void {
    client.socket.end(fatalError(sqlState, text));
    close(client);
  }

  function close(client: Client): void {
    if (client.state === 'closed') return;
    client.state = 'closed';
    client.input = [];
    client.socket.end();
    if (waiting.includes(client)) waiting.splice(waiting.indexOf(client), 1);
    if (serving !== client) return;
    serving = null;
    resetSession();
    serveNext();
  }

  function serveNext(): void {
    const next = serving ? undefined : waiting.shift();
    if (!next) return;
    serving = next;
    next.state = 'serving';
    next.socket.write(execute(next.startup));
    handleInput(next);
  }

  function waitForTurn(client: Client): void {
    client.state = 'waiting';
    waiting.push(client);
    serveNext();
    const timer = setTimeout(() => {
      if (client.state !== 'waiting') return;
      refuse(
        client,
        '53300',
        'The embedded Postgres serves one connection at a time, and it is taken. Use a pool of 1.',
      );
    }, waitForTurnMs);
    client.socket.once('close', () => clearTimeout(timer));
  }

  function handleFirstPacket(client: Client, buffer: Buffer): void {
    const length = buffer.length >= 8 ? buffer.readInt32BE(0) : 8;
    if (length < 8 || length > firstPacketBytesMax) {
      refuse(client, '08P01', 'Not a Postgres client');
      return;
    }
    if (buffer.length < length) return;
    client.input = [buffer.subarray(length)];
    switch (classifyFirstPacket(buffer)) {
      case 'encryption':
        client.socket.write('N');
        break;
      case 'cancel':
        close(client);
        return;
      case 'startup':
        client.startup = buffer.subarray(0, length);
        client.state = 'password';
        client.socket.write(askPassword);
        break;
    }
    handleInput(client);
  }

  function handlePassword(client: Client, buffer: Buffer): void {
    if (buffer.length < 5) return;
    const length = 1 + buffer.readInt32BE(1);
    if (buffer[0] !== messageType.password || length > firstPacketBytesMax) {
      refuse(client, '08P01', 'A password message was expected');
      return;
    }
    if (buffer.length < length) return;
    client.input = [buffer.subarray(length)];
    const given = buffer.subarray(5, length - 1);
    const expected = Buffer.from(password);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      refuse(client, '28P01', 'The password for the embedded Postgres is wrong');
      return;
    }
    waitForTurn(client);
  }

  function handleMessages(client: Client, buffer: Buffer): void {
    const { length, terminated, missing } = completeMessages(buffer);
    client.input = [buffer.subarray(length)];
    client.missing = missing;
    if (length > 0) client.socket.write(execute(buffer.subarray(0, length)));
    if (terminated) close(client);
  }

  function handleInput(client: Client): void {
    const [first] = client.input;
    if (!first) return;
    const buffer = client.input.length === 1 ? first : Buffer.concat(client.input);
    client.input = [buffer];
    if (buffer.length === 0) return;
    switch (client.state) {
      case 'greeting':
        handleFirstPacket(client, buffer);
        break;
      case 'password':
        handlePassword(client, buffer);
        break;
      case 'serving':
        handleMessages(client, buffer);
        break;
      case 'waiting':
      case 'closed':
        break;
    }
  }

  const server = createServer({ noDelay: true }, (socket) => {
    const client: Client = { socket, state: 'greeting', startup: Buffer.alloc(0), input: [], missing: 0 };
    clients.add(client);
    socket.on('data', (data) => {
      client.input.push(data);
      client.missing -= data.length;
      if (client.missing <= 0) handleInput(client);
    });
    socket.on('error', () => close(client));
    socket.on('close', () => {
      clients.delete(client);
      close(client);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Postgres has no port');

  return {
    port: address.port,
    close: async () => {
      for (const client of clients) client.socket.destroy();
      waiting.length = 0;
      server.close();
      await once(server, 'close');
    },
  };
}
