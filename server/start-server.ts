import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { type Config, ConfigError } from './config.ts';
import type { Opened } from './create-deps.ts';
import { createApp } from './http/app.ts';
import { keepConnections } from './http/kept-connections.ts';
import { serveAgents } from './realtime/agent-socket.ts';
import { serveCustomers } from './realtime/customer-socket.ts';
import { createPresence } from './realtime/presence.ts';
import { streamName } from './realtime/rooms.ts';

/** The longest thing a socket may send, in bytes: a message of ten thousand characters, generously. */
const socketBytesMax = 128 * 1024;

/** A request under way may finish within this time when the server is asked to stop. */
const requestGraceMs = 2_000;

export type RunningServer = { port: number; stop(): Promise<void> };

/** HTTP and sockets. Throws when the port is taken. */
export async function startServer(opened: Opened): Promise<RunningServer> {
  const { deps, redisUrl } = opened;
  const http = createServer(createApp(deps));
  const io = new Server(http, {
    maxHttpBufferSize: socketBytesMax,
    serveClient: false,
    // which pages may talk to an inbox is checked in the handshake, by the inbox's own list
    cors: { origin: true },
    // JSONP: a script tag of any page could read the answers, and tells no Origin
    allowRequest: (req, decide) => decide(null, !/[?&]j=/.test(req.url ?? '')),
    pingInterval: 20_000,
    pingTimeout: 15_000,
  });

  // its reader waits for Redis while it is away, instead of failing in a loop
  const adapterRedis = new Redis(redisUrl, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, 1_000),
  });
  adapterRedis.on('error', (error) => deps.log.debug({ err: error }, 'socket adapter connection'));
  io.adapter(createAdapter(adapterRedis, { streamName }));
  const customers = io.of('/widget');
  const agents = io.of('/agent');
  opened.setLocalDelivery((namespace, room, event, payload) => {
    (namespace === '/agent' ? agents : customers).local.to(room).emit(event, payload);
  });

  // while Redis was away, hints were lost: those who are connected look for themselves
  const resync = () => {
    customers.local.emit('resync:needed', {});
    agents.local.emit('resync:needed', {});
  };
  deps.redis.on('ready', resync);

  const presence = createPresence(deps);
  serveCustomers(deps, customers);
  serveAgents(deps, agents, presence);
  const connections = keepConnections(http);

  await new Promise<void>((resolve, reject) => {
    http.once('error', (error) => reject(portError(error, deps.config)));
    http.listen(deps.config.port, deps.config.host, resolve);
  });
  return {
    port: (http.address() as AddressInfo).port,
    async stop() {
      deps.redis.off('ready', resync);
      presence.close();
      connections.drain();
      const closed = io.close();
      // also those on which a browser has connected ahead and asked nothing: Node counts them as busy
      const cutting = setTimeout(() => http.closeAllConnections(), requestGraceMs);
      await closed;
      clearTimeout(cutting);
      adapterRedis.disconnect();
    },
  };
}

function portError(error: Error & { code?: string }, { host, port }: Config): Error {
  if (error.code === 'EADDRINUSE')
    return new ConfigError(`PORT is ${port}, where another program listens already; it wants a free one.`);
  if (error.code === 'EACCES')
    return new ConfigError(`PORT is ${port}, which this account may not use; it wants one above 1023.`);
  if (error.code === 'EADDRNOTAVAIL') return new ConfigError(`HOST is "${host}"; it wants an address of this machine.`);
  return error;
}
