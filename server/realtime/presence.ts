import type { Deps } from '../deps.ts';
import { renewPresence } from '../staff/presence-queries.ts';
import type { Principal } from '../staff/principal.ts';

export type Presence = { add(principal: Principal): void; remove(principal: Principal): void; close(): void };

/**
 * Keeps the agents who have a socket on this server present. When the last socket goes, or this server dies, nothing renews
 * them, and after the grace time the sweeper finds them gone.
 */
export function createPresence(deps: Pick<Deps, 'db' | 'config' | 'log'>): Presence {
  const connected = new Map<string, { principal: Principal; sockets: number }>();
  const renew = (principals: Principal[]) => {
    if (principals.length === 0) return;
    renewPresence(deps.db, principals, deps.config.agentGraceMs).catch((error: unknown) =>
      deps.log.warn({ err: error }, 'presence not renewed'),
    );
  };
  const timer = setInterval(
    () => renew([...connected.values()].map((each) => each.principal)),
    deps.config.agentGraceMs / 3,
  );

  return {
    add(principal) {
      const known = connected.get(principal.agentId);
      connected.set(principal.agentId, { principal, sockets: (known?.sockets ?? 0) + 1 });
      renew([principal]);
    },
    remove(principal) {
      const known = connected.get(principal.agentId);
      if (!known) return;
      if (known.sockets > 1) connected.set(principal.agentId, { principal, sockets: known.sockets - 1 });
      else connected.delete(principal.agentId);
    },
    close: () => clearInterval(timer),
  };
}
