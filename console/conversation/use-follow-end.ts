import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

const atEndPx = 48;

/**
 * Keeps the end of a conversation in view while the reader is there, however it grows; a reader who is elsewhere stays
 * there and is told that something came. `seq`: of the last message; `ownWaiting`: how many of one's own are on their way,
 * which always lead to the end.
 */
export function useFollowEnd(seq: number, ownWaiting: number) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const seenSeq = useRef(seq);
  const [below, setBelow] = useState(false);

  const toEnd = useCallback(() => {
    following.current = true;
    setBelow(false);
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, []);

  useLayoutEffect(() => {
    const element = scroller.current;
    const inner = content.current;
    if (!element || !inner) return;
    element.scrollTop = element.scrollHeight;
    let lastTop = element.scrollTop;
    const onScroll = () => {
      const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < atEndPx;
      // Only going up leaves the end: content that grew since the scroll began is no wish of the reader.
      if (atEnd) following.current = true;
      else if (element.scrollTop < lastTop) following.current = false;
      lastTop = element.scrollTop;
      if (atEnd) setBelow(false);
    };
    const observer = new ResizeObserver(() => {
      if (following.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, []);

  useEffect(() => {
    if (seq > seenSeq.current && !following.current) setBelow(true);
    seenSeq.current = seq;
  }, [seq]);
  useEffect(() => {
    if (ownWaiting > 0) toEnd();
  }, [ownWaiting, toEnd]);

  return { scroller, content, below, toEnd };
}
