import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** As near as this counts as being at the end. */
const nearPx = 48;
/** Left above a message that is shown from its beginning. */
const startPx = 12;

type FollowInput = { target: string; newest: string | undefined; own: string | undefined };

/**
 * Keeps the end of the conversation in view for a reader who is there, and leaves everyone else where they are: they are
 * told that there is news. What the customer sends, and opening a conversation, go to the end.
 */
export function useFollow({ target, newest, own }: FollowInput) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const [atEnd, setAtEnd] = useState(true);
  const [seen, setSeen] = useState(newest);

  const jump = () => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
  };
  const toEnd = () => {
    follows.current = true;
    setAtEnd(true);
    jump();
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the boxes stay the same ones
  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (!box || !inner) return;
    let top = box.scrollTop;
    const look = () => {
      const near = box.scrollHeight - box.scrollTop - box.clientHeight < nearPx;
      // only the reader goes up: an end that has moved away meanwhile is still to be followed
      if (near || box.scrollTop < top) follows.current = near;
      top = box.scrollTop;
      setAtEnd(follows.current);
    };
    const grown = new ResizeObserver(() => follows.current && jump());
    grown.observe(inner);
    grown.observe(box);
    box.addEventListener('scroll', look, { passive: true });
    return () => {
      grown.disconnect();
      box.removeEventListener('scroll', look);
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what changed is the reason to go
  useLayoutEffect(toEnd, [target, own]);
  // a message that is longer than the panel is read from its beginning
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the arrival counts
  useLayoutEffect(() => {
    const box = scroller.current;
    const rows = content.current?.querySelectorAll<HTMLElement>('.row');
    const last = rows?.[rows.length - 1];
    if (!box || !last || !follows.current || newest === own || last.offsetHeight < box.clientHeight) return;
    follows.current = false;
    setSeen(newest);
    box.scrollTop = last.offsetTop - startPx;
  }, [target, newest]);
  useEffect(() => {
    if (atEnd) setSeen(newest);
  }, [atEnd, newest]);

  return { scroller, content, atEnd, toEnd, news: !atEnd && newest !== seen };
}
