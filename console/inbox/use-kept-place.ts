import { type RefObject, useCallback, useLayoutEffect, useRef } from 'react';

/**
 * Keeps what the reader looks at where it is while rows come and go above it: the first visible row stays at the same
 * height on screen. At the very top the list simply shows what is new. `resetKey`: another list, which begins at its top.
 */
export function useKeptPlace(
  scroller: RefObject<HTMLElement | null>,
  rows: readonly { id: string }[],
  rowHeight: number,
  resetKey: string,
): () => void {
  const anchor = useRef<{ id: string; index: number }>(undefined);
  const shown = useRef({ rows, resetKey });
  shown.current.rows = rows;

  const save = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const index = Math.floor(element.scrollTop / rowHeight);
    const row = shown.current.rows[index];
    anchor.current = row && element.scrollTop > 4 ? { id: row.id, index } : undefined;
  }, [scroller, rowHeight]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (shown.current.resetKey !== resetKey) {
      shown.current.resetKey = resetKey;
      element.scrollTop = 0;
      anchor.current = undefined;
      return;
    }
    if (!anchor.current) return;
    const { id, index } = anchor.current;
    const now = rows.findIndex((row) => row.id === id);
    if (now >= 0 && now !== index) element.scrollTop += (now - index) * rowHeight;
    save();
  }, [rows, resetKey, rowHeight, scroller, save]);

  return save;
}
