import { bridgeMark, type FrameSettings, type FromFrame, isMarked, type ToFrame } from '../bridge.ts';

export type Host = { tell(message: FromFrame): void; onMessage(listener: (message: ToFrame) => void): void };

type Init = Extract<ToFrame, { type: 'init' }>;

/**
 * Waits for the page around us to say `init`, and from then on talks to that page's origin only. Which pages may hold us is
 * decided by the server (frame-ancestors). A frame opened as a page of its own talks to nobody.
 */
export function connectHost(start: (host: Host, init: Init) => void): void {
  if (window.parent === window) {
    start({ tell: () => undefined, onMessage: () => undefined }, standalone());
    return;
  }
  let origin: string | undefined;
  let listener: ((message: ToFrame) => void) | undefined;

  const host: Host = {
    tell(message) {
      if (origin !== undefined) window.parent.postMessage({ ...message, mark: bridgeMark }, origin);
    },
    onMessage(given) {
      listener = given;
    },
  };

  addEventListener('message', (event) => {
    if (event.source !== window.parent || !isMarked(event.data)) return;
    // our own loader made it, in the window and from the origin that hold us
    const message = event.data as unknown as ToFrame;
    if (origin === undefined) {
      if (message.type !== 'init' || !event.origin.startsWith('http')) return;
      origin = event.origin;
      start(host, message);
    } else if (event.origin === origin) {
      listener?.(message);
    }
  });
}

function standalone(): Init {
  const settings: FrameSettings = { locale: 'auto', colorScheme: 'auto', dir: 'ltr' };
  return { type: 'init', settings, open: true, fullscreen: true, forget: false };
}
