/**
 * What the loader (on the host's page) and the frame (the chat, on our own origin) say to each other by postMessage.
 * Both sides check the window and the origin that a message comes from, and name the exact origin they send to.
 */

/** Marks our messages among whatever else is posted to a window. */
export const bridgeMark = 'parley:1';

export type FrameSettings = {
  userJwt?: string;
  /** BCP 47, or `auto`: the browser's. */
  locale: string;
  /** `light`, `dark`; anything else follows the reader's system. */
  colorScheme: string;
  dir: string;
};

export type ToFrame =
  /** `forget`: the last visit was shut down; start as a new customer. */
  | { type: 'init'; settings: FrameSettings; open: boolean; fullscreen: boolean; forget: boolean }
  | { type: 'update'; settings: FrameSettings }
  | { type: 'visible'; open: boolean; fullscreen: boolean }
  /** Opens an empty conversation, with this text in the composer. */
  | { type: 'compose'; text: string }
  /** Sends this text in a new conversation. */
  | { type: 'ask'; text: string }
  /** Forgets the customer; the frame answers `gone` and is taken away. */
  | { type: 'shutdown' };

export type Look = { color: string; onColor: string; position: 'right' | 'left' };

export type FromFrame =
  /** The chat is drawn, with a button to close it. */
  | { type: 'alive' }
  | { type: 'look'; look: Look }
  /** There is, or is not, a customer to remember on this browser. */
  | { type: 'known'; known: boolean }
  | { type: 'unread'; badge: string; label: string }
  | { type: 'hide' }
  /** For the listeners on the page. */
  | { type: 'event'; name: 'unread'; value: { count: number } }
  | { type: 'event'; name: 'error'; value: { code: string; message: string } }
  | { type: 'gone' };

/** Anything may be posted to a window: only objects with our mark and a type are ours. */
export function isMarked(data: unknown): data is { mark: typeof bridgeMark; type: string } {
  return (
    typeof data === 'object' &&
    data !== null &&
    'mark' in data &&
    data.mark === bridgeMark &&
    'type' in data &&
    typeof data.type === 'string'
  );
}
