import type { Redis } from 'ioredis';
import type { Publish } from '../deps.ts';
import { newId } from '../ids.ts';
import type { Log } from '../log.ts';
import { rooms, streamName } from './rooms.ts';

/** How many events the stream keeps: far more than any server is behind; whoever misses more syncs. */
const streamLength = 10_000;
/** `MessageType.BROADCAST` of socket.io-adapter's cluster protocol. */
const broadcast = '3';
/** `PacketType.EVENT` of socket.io's protocol. */
const eventPacket = 2;

/** Delivers on this process's own sockets when Redis cannot carry the event. */
export type LocalDelivery = (namespace: string, room: string, event: string, payload: unknown) => void;

/**
 * Writes events onto the Redis stream from which socket.io's streams adapter delivers them on every server: any process may
 * publish, also one without sockets. The entry is what the adapter (0.3) itself writes for a broadcast.
 */
export function createPublish(redis: Redis, log: Log, deliverLocally?: LocalDelivery): Publish {
  const uid = newId();

  function emit(namespace: string, room: string, event: string, payload: unknown): void {
    if (redis.status !== 'ready') {
      deliverLocally?.(namespace, room, event, payload);
      return;
    }
    const packet = { type: eventPacket, data: [event, payload], nsp: namespace };
    const data = JSON.stringify({ opts: { rooms: [room], except: [], flags: {} }, packet });
    redis
      .xadd(streamName, 'MAXLEN', '~', streamLength, '*', 'uid', uid, 'nsp', namespace, 'type', broadcast, 'data', data)
      .catch((error: unknown) => {
        log.debug({ err: error, event }, 'event not published; clients will sync');
        deliverLocally?.(namespace, room, event, payload);
      });
  }

  return {
    toCustomer: (customerId, event, payload) => emit('/widget', rooms.customer(customerId), event, payload),
    toCustomers: (workspaceId, event, payload) => emit('/widget', rooms.customers(workspaceId), event, payload),
    toAgents: (workspaceId, event, payload) => emit('/agent', rooms.agents(workspaceId), event, payload),
    toViewers: (conversationId, event, payload) => emit('/agent', rooms.viewers(conversationId), event, payload),
  };
}
