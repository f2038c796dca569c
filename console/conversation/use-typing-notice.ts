import { useEffect, useMemo } from 'react';
import { useLive } from '../live/live-context.tsx';

const repeatedAfterMs = 3_000;
const stopsAfterMs = 5_000;

/** Tells the others that a reply is being written: at most every 3 s, and that it stopped after 5 s of quiet. */
export function useTypingNotice(conversationId: string) {
  const live = useLive();
  const notice = useMemo(() => {
    let toldAt = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      clearTimeout(timer);
      if (toldAt === 0) return;
      toldAt = 0;
      live.setTyping(conversationId, false);
    };
    const touch = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, stopsAfterMs);
      if (Date.now() - toldAt < repeatedAfterMs) return;
      toldAt = Date.now();
      live.setTyping(conversationId, true);
    };
    return { touch, stop };
  }, [live, conversationId]);
  useEffect(() => notice.stop, [notice]);
  return notice;
}
