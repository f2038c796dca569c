import type { ChatState } from '../store/chat.ts';
import { withThread } from '../store/chat.ts';
import type { Store } from '../store/create-store.ts';
import { applySync, awaitsAnswer, syncFrom, type Thread } from '../store/thread.ts';
import type { Rpc } from './rpc.ts';

/** While something is expected, one quiet look in this time: an event that was lost must not strand anybody. */
const quietSyncMs = 10_000;
/** A conversation that stays behind is asked for again, but not in a tight loop. */
const againMs = 300;

export type Syncing = { sync(id: string): void; syncOpen(): void; stop(): void };

const isExpecting = (thread: Thread) =>
  thread.stream !== undefined || thread.conversation.state === 'waiting' || awaitsAnswer(thread);

/** Brings every stale conversation up to date, one request at a time for each. */
export function keepSynced(rpc: Rpc, store: Store<ChatState>): Syncing {
  const running = new Set<string>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let stopped = false;

  async function sync(id: string): Promise<void> {
    if (running.has(id) || stopped || !rpc.socket.connected) return;
    const thread = store.get().threads.get(id);
    if (!thread) return;
    running.add(id);
    const asked = thread.stream;
    const answer = await rpc.request('conversation:sync', { conversationId: id, afterSeq: syncFrom(thread) });
    if (answer.ok) store.update((state) => withThread(state, id, (now) => applySync(now, answer.data, asked)));
    else await new Promise((resolve) => later(() => resolve(undefined), answer.error.retryAfterMs ?? 2_000));
    running.delete(id);
    if (store.get().threads.get(id)?.stale) later(() => void sync(id), againMs);
  }

  function later(call: () => void, afterMs: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!stopped) call();
    }, afterMs);
    timers.add(timer);
  }

  /** What the customer looks at, and whatever still moves. */
  function syncOpen(): void {
    const { threads, view } = store.get();
    for (const [id, thread] of threads) {
      const looked = view.screen === 'conversation' && view.target === id;
      if (looked || thread.stale || thread.conversation.state !== 'resolved') void sync(id);
    }
  }

  const unsubscribe = store.subscribe((state, before) => {
    if (state.threads === before.threads) return;
    for (const [id, thread] of state.threads) {
      if (thread.stale && before.threads.get(id) !== thread) void sync(id);
    }
  });
  const belt = setInterval(() => {
    for (const [id, thread] of store.get().threads) if (isExpecting(thread)) void sync(id);
  }, quietSyncMs);

  return {
    sync: (id) => void sync(id),
    syncOpen,
    stop() {
      stopped = true;
      unsubscribe();
      clearInterval(belt);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
