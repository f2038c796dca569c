import type { Redis } from 'ioredis';
import { type StreamSnapshot, streamSnapshot } from '../../protocol/message.ts';

/** Longer than any turn may take. */
const keptForSeconds = 180;
const keyOf = (conversationId: string) => `parley:stream:${conversationId}`;

/** What is being written right now, for those who come in the middle. A hint like all in Redis: failing changes nothing. */
export function saveStreamSnapshot(redis: Redis, conversationId: string, snapshot: StreamSnapshot): void {
  if (redis.status !== 'ready') return;
  redis.set(keyOf(conversationId), JSON.stringify(snapshot), 'EX', keptForSeconds).catch(() => undefined);
}

export function dropStreamSnapshot(redis: Redis, conversationId: string): void {
  if (redis.status !== 'ready') return;
  redis.del(keyOf(conversationId)).catch(() => undefined);
}

export async function readStreamSnapshot(redis: Redis, conversationId: string): Promise<StreamSnapshot | undefined> {
  if (redis.status !== 'ready') return undefined;
  try {
    const stored = await redis.get(keyOf(conversationId));
    return stored === null ? undefined : streamSnapshot.parse(JSON.parse(stored));
  } catch {
    return undefined;
  }
}
