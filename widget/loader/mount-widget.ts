import { bridgeMark, type FromFrame, type ToFrame } from '../bridge.ts';
import { loaderWords } from '../words/en.ts';
import { drawShell } from './draw-shell.ts';
import { remember, remembered } from './memory.ts';
import type { Settings } from './settings.ts';

export type Widget = {
  isMounted(): boolean;
  toggle(): void;
  show(then?: ToFrame): void;
  hide(): void;
  update(settings: Settings): void;
  /** `forget`: the customer too, not only what stands on the page. */
  remove(forget: boolean): void;
};

export type Emit = (event: string, value?: unknown) => void;

/** How long the frame may take to forget before it is taken away. */
const goneMs = 1_000;

/** Puts the launcher on the page; the chat itself is loaded when it is first wanted, or expected to be. */
export function mountWidget(base: string, given: Settings, emit: Emit): Widget {
  let settings = given;
  let open = false;
  let frame: HTMLIFrameElement | undefined;
  let ready = false;
  let alive = false;
  let waiting: ToFrame[] = [];
  const { inboxKey } = settings;
  const memory = remembered(inboxKey);
  const { origin } = new URL(base);
  const narrow = matchMedia('(max-width: 479.98px)');
  const life = new AbortController();
  const shell = drawShell(settings, memory.look);
  shell.launcher.onpointerenter = load;
  shell.launcher.onfocus = load;
  shell.launcher.onclick = toggle;
  narrow.addEventListener('change', tellVisible, life);
  visualViewport?.addEventListener('resize', fitKeyboard, life);
  visualViewport?.addEventListener('scroll', fitKeyboard, life);
  addEventListener('message', receive, life);
  fitKeyboard();
  if (remembered(inboxKey, 'sessionStorage').open && !narrow.matches) show();
  else if (memory.known) {
    if (document.readyState === 'complete') load();
    else addEventListener('load', load, life);
  }

  function load(): void {
    if (frame) return;
    frame = document.createElement('iframe');
    frame.title = loaderWords.title;
    frame.src = `${base}frame?inbox=${encodeURIComponent(inboxKey)}`;
    frame.onload = greet;
    shell.panel.append(frame);
  }

  function greet(): void {
    ready = true;
    const forget = remembered(inboxKey).forget === true;
    post({ type: 'init', settings, open, fullscreen: narrow.matches, forget });
    if (forget) remember(inboxKey, { forget: false });
    waiting.forEach(post);
    waiting = [];
  }

  function post(message: ToFrame): void {
    if (ready) frame?.contentWindow?.postMessage({ ...message, mark: bridgeMark }, origin);
    else waiting.push(message);
  }

  function receive(event: MessageEvent): void {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin || event.data?.mark !== bridgeMark)
      return;
    // our own frame made it, in the window and from the origin that we loaded
    const message: FromFrame = event.data;
    switch (message.type) {
      case 'hide':
        hide();
        break;
      case 'alive':
        alive = true;
        tellVisible();
        break;
      case 'known':
        remember(inboxKey, { known: message.known });
        break;
      case 'unread':
        shell.setUnread(message);
        break;
      case 'event':
        emit(message.name, message.value);
        break;
      case 'look':
        shell.setLook(message.look);
        remember(inboxKey, { look: message.look });
        break;
      case 'gone':
        remember(inboxKey, { forget: false });
        end();
        break;
    }
  }

  function tellVisible(): void {
    shell.setOpen(open, narrow.matches, alive);
    remember(inboxKey, { open }, 'sessionStorage');
    if (ready) post({ type: 'visible', open, fullscreen: narrow.matches });
  }

  function show(then?: ToFrame): void {
    load();
    if (then) post(then);
    if (!open) {
      open = true;
      tellVisible();
      emit('show');
    }
    frame?.focus();
  }

  function hide(): void {
    if (!open) return;
    const focused = document.activeElement === shell.host;
    open = false;
    tellVisible();
    if (focused) shell.launcher.focus();
    emit('hide');
  }

  function toggle(): void {
    if (open) hide();
    else show();
  }

  /** On phones the software keyboard lies over the page: the panel keeps to what is left to see. */
  function fitKeyboard(): void {
    // while the page is zoomed the measure means nothing
    if (visualViewport?.scale === 1) shell.setViewport(visualViewport);
  }

  function end(): void {
    life.abort();
    shell.remove();
  }

  return {
    isMounted: () => shell.host.isConnected,
    toggle,
    show,
    hide,
    update(next) {
      settings = next;
      shell.setStyle(next);
      if (ready) post({ type: 'update', settings });
    },
    remove(forget) {
      hide();
      if (!forget || !ready) return end();
      shell.stage.hidden = true;
      post({ type: 'shutdown' });
      setTimeout(end, goneMs);
    },
  };
}
