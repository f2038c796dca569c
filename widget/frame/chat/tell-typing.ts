import type { Rpc } from './rpc.ts';

/** How often "still typing" is told, and after what silence it is taken back. */
const repeatMs = 3_000;
const silenceMs = 5_000;

/** Tells agents that the customer types, sparingly. */
export function tellTyping(rpc: Rpc, now: () => number) {
  let told: { conversationId: string; at: number } | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  function set(conversationId: string, typing: boolean): void {
    clearTimeout(silence);
    if (!typing) {
      if (told) void rpc.request('typing:set', { conversationId: told.conversationId, typing: false });
      told = undefined;
      return;
    }
    silence = setTimeout(() => set(conversationId, false), silenceMs);
    if (told?.conversationId === conversationId && now() - told.at < repeatMs) return;
    told = { conversationId, at: now() };
    void rpc.request('typing:set', { conversationId, typing: true });
  }

  return { set, stop: () => clearTimeout(silence) };
}
