import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { Session } from '../../protocol/staff.ts';
import { createLive, type Live } from './create-live.ts';
import { useStore } from './create-store.ts';
import type { LiveState } from './live-state.ts';

const LiveContext = createContext<Live | undefined>(undefined);

/** One socket for as long as somebody is signed in. */
export function LiveProvider({ session, children }: { session: Session; children: ReactNode }) {
  const [live, setLive] = useState<Live>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a refetched session of the same agent keeps the socket
  useEffect(() => {
    const created = createLive(session);
    setLive(created);
    return () => created.dispose();
  }, [session.agent.id, session.workspace.id]);
  return live ? <LiveContext value={live}>{children}</LiveContext> : null;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('useLive outside LiveProvider');
  return live;
}

export const useLiveState = <Part,>(select: (state: LiveState) => Part): Part => useStore(useLive().store, select);
