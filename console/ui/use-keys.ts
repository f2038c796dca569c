import { useEffect, useRef } from 'react';

export type KeyBindings = Record<string, (event: KeyboardEvent) => void>;

/** "?", "mod+k", "escape", "j": what the key is called in a table of bindings. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string {
  const key = event.key.toLowerCase();
  return (event.ctrlKey || event.metaKey ? 'mod+' : '') + (event.altKey ? 'alt+' : '') + key;
}

const writes = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** A dialog, a menu or a list of choices is open: single letters belong to it. */
const somethingOpen = () =>
  document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]:not([hidden])') !== null;

/** Keys for the whole page; silent while somebody writes or a dialog is open. */
export function useKeys(bindings: KeyBindings): void {
  const latest = useRef(bindings);
  latest.current = bindings;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const run = latest.current[keyName(event)];
      if (!run || event.defaultPrevented || event.isComposing || writes(event.target) || somethingOpen()) return;
      // Moving may be held down; doing may not.
      if (event.repeat && event.key !== 'j' && event.key !== 'k') return;
      event.preventDefault();
      run(event);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

export const modKey = typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.platform) ? '⌘' : 'Ctrl';
