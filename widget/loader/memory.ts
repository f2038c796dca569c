import type { Look } from '../bridge.ts';

/** What the loader remembers in the host's own storage, so that the launcher looks right before the chat has loaded. */
export type Remembered = {
  look?: Look;
  /** There is a customer: load the chat early, to count what they have not read. */
  known?: boolean;
  /** The last visit was shut down, and the chat has yet to forget it. */
  forget?: boolean;
  /** The panel was open when this tab left the page; kept for the tab only. */
  open?: boolean;
};

type Where = 'localStorage' | 'sessionStorage';

export function remembered(inboxKey: string, where: Where = 'localStorage'): Remembered {
  try {
    return JSON.parse(window[where][`parley:${inboxKey}`]);
  } catch {
    // nothing kept yet, or storage is blocked
    return {};
  }
}

/** Blocked storage only costs the head start. */
export function remember(inboxKey: string, change: Remembered, where?: Where): void {
  try {
    window[where ?? 'localStorage'][`parley:${inboxKey}`] = JSON.stringify({
      ...remembered(inboxKey, where),
      ...change,
    });
  } catch {
    // nothing is kept, nothing is missed
  }
}
