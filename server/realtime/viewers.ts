import type { Redis } from 'ioredis';
import type { Viewer } from '../../protocol/agent.ts';

/** A viewer who has not been seen for this long is gone, however their server ended. */
const seenWithinMs = 90_000;
export const viewersRenewedEveryMs = 30_000;

const keyOf = (conversationId: string) => `parley:viewers:${conversationId}`;

/** Whether any agent has the conversation open; without Redis, nobody can be told. */
export async function hasViewers(redis: Redis, conversationId: string): Promise<boolean> {
  if (redis.status !== 'ready') return false;
  const found = await redis.exists(keyOf(conversationId)).catch(() => 0);
  return found === 1;
}

/** Who has which conversation open, over all servers, by socket. A hint: without Redis nobody is shown. */
export function createViewers(redis: Redis) {
  const ready = () => redis.status === 'ready';
  return {
    async enter(conversationId: string, socketId: string, viewer: Viewer): Promise<void> {
      if (!ready()) return;
      const key = keyOf(conversationId);
      await redis
        .multi()
        .hset(key, socketId, JSON.stringify({ ...viewer, seenAt: Date.now() }))
        .pexpire(key, seenWithinMs)
        .exec()
        .catch(() => undefined);
    },
    async leave(conversationId: string, socketId: string): Promise<void> {
      if (ready()) await redis.hdel(keyOf(conversationId), socketId).catch(() => undefined);
    },
    /** Each agent once, by name. */
    async list(conversationId: string): Promise<Viewer[]> {
      if (!ready()) return [];
      const stored = await redis.hvals(keyOf(conversationId)).catch(() => []);
      const seen = stored
        .map((value): Viewer & { seenAt: number } => JSON.parse(value))
        .filter((each) => each.seenAt > Date.now() - seenWithinMs);
      const byAgent = new Map(seen.map(({ agentId, name }) => [agentId, { agentId, name }]));
      return [...byAgent.values()].sort((a, b) => a.name.localeCompare(b.name));
    },
  };
}

export type Viewers = ReturnType<typeof createViewers>;
