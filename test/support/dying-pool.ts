import type { Pool, PoolClient } from '../../server/db/pool.ts';

export type Death = {
  /** Statements that are answered before it. */
  after: number;
  /** The last one is done by the database, and its answer lost. */
  answerLost: boolean;
};

/** The pool as a process sees it that is killed in the middle: from some statement on, everything ends like a lost connection. */
export function dyingPool(db: Pool, { after, answerLost }: Death): { db: Pool; isDead: () => boolean } {
  let left = after;
  const lost = () => new Error('Connection terminated unexpectedly');

  async function ask(query: () => unknown): Promise<unknown> {
    left -= 1;
    if (left >= 0) return query();
    if (left === -1 && answerLost) await query();
    throw lost();
  }

  const dyingClient = (client: PoolClient): PoolClient =>
    new Proxy(client, {
      get(target, key) {
        const value = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        if (key === 'query') return (...query: unknown[]) => ask(() => Reflect.apply(value, target, query));
        // a broken session is closed by the pool, which rolls back what it was at
        if (key === 'release') return (error?: Error | boolean) => target.release(left < 0 ? lost() : error);
        return value.bind(target);
      },
    });

  const dying = new Proxy(db, {
    get(target, key) {
      const value = Reflect.get(target, key);
      if (key === 'query') return (...query: unknown[]) => ask(() => Reflect.apply(value, target, query));
      if (key !== 'connect') return value;
      return async () => {
        if (left < 0) throw lost();
        return dyingClient(await target.connect());
      };
    },
  });
  return { db: dying, isDead: () => left < 0 };
}
