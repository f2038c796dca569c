import { render } from 'preact';
import type { FrameSettings, ToFrame } from '../bridge.ts';
import { readableOn, textOn } from './accent.ts';
import { createChat } from './chat/create-chat.ts';
import { connectHost, type Host } from './connect-host.ts';
import { browserStorage } from './storage.ts';
import { blankTarget, totalUnread } from './store/chat.ts';
import { App } from './ui/app.tsx';
import { createSpeech } from './words.ts';

const inboxKey = new URLSearchParams(location.search).get('inbox') ?? '';
const grounds = { light: '#ffffff', dark: '#1b1d22' };
const darkness = matchMedia('(prefers-color-scheme: dark)');

/** Starts the chat for the page around it, when that page has said who it is. */
function start(host: Host, init: Extract<ToFrame, { type: 'init' }>): void {
  const storage = browserStorage(`parley:${inboxKey}:`);
  const chat = createChat({
    inboxKey,
    storage,
    now: () => Date.now(),
    onError: (code) =>
      host.tell({ type: 'event', name: 'error', value: { code, message: `The chat was refused: ${code}.` } }),
  });
  if (init.forget) chat.forget();
  let settings = init.settings;
  let fullscreen = init.fullscreen;
  let open = false;

  function draw(): void {
    const root = document.getElementById('parley');
    if (!root) return;
    applyScheme(settings, chat.store.get().session?.inbox.appearance.color);
    const speech = createSpeech(settings.locale);
    document.documentElement.lang = speech.words.language;
    document.documentElement.dir = settings.dir;
    const close = () => host.tell({ type: 'hide' });
    render(<App {...speech} chat={chat} fullscreen={fullscreen} close={close} />, root);
  }

  function setVisible(now: boolean): void {
    const shown = now && !open;
    open = now;
    const visible = open && !document.hidden;
    chat.store.update((state) => ({ ...state, visible, attention: shown ? state.attention + 1 : state.attention }));
  }

  function obey(message: ToFrame): void {
    switch (message.type) {
      case 'init':
        break;
      case 'update': {
        const identityChanged = message.settings.userJwt !== settings.userJwt;
        settings = message.settings;
        draw();
        if (identityChanged) void chat.open(settings.userJwt);
        break;
      }
      case 'visible':
        fullscreen = message.fullscreen;
        draw();
        setVisible(message.open);
        break;
      case 'compose':
        chat.compose(message.text);
        break;
      case 'ask':
        if (message.text.trim() !== '') chat.send(blankTarget, message.text.trim());
        break;
      case 'shutdown':
        chat.stop();
        chat.forget();
        host.tell({ type: 'gone' });
        break;
    }
  }

  let unread = -1;
  chat.store.subscribe((state, before) => {
    const { words } = createSpeech(settings.locale);
    const count = state.visible && state.view.screen === 'conversation' ? 0 : totalUnread(state);
    if (count !== unread) {
      unread = count;
      host.tell({ type: 'event', name: 'unread', value: { count } });
      host.tell({
        type: 'unread',
        badge: count > 9 ? '9+' : count > 0 ? `${count}` : '',
        label: count > 0 ? words.launcherUnread(count) : words.launcher,
      });
    }
    if (state.threads !== before.threads) host.tell({ type: 'known', known: state.threads.size > 0 });
    const inbox = state.session?.inbox;
    if (!inbox || inbox === before.session?.inbox) return;
    const { color, position } = inbox.appearance;
    document.title = words.chatWith(inbox.name);
    const look = { color, onColor: textOn(color), position };
    host.tell({ type: 'look', look });
    applyScheme(settings, color);
  });
  darkness.addEventListener('change', draw);
  document.addEventListener('visibilitychange', () => setVisible(open));
  draw();
  setVisible(init.open);
  host.tell({ type: 'alive' });
  void chat.open(settings.userJwt);
  host.onMessage(obey);
}

/** Light or dark, and the accent made readable on either. */
function applyScheme({ colorScheme }: FrameSettings, color: string | undefined): void {
  const preferred = darkness.matches ? 'dark' : 'light';
  const scheme = colorScheme === 'light' || colorScheme === 'dark' ? colorScheme : preferred;
  const { dataset, style } = document.documentElement;
  dataset.scheme = scheme;
  if (!color) return;
  style.setProperty('--accent', color);
  style.setProperty('--on-accent', textOn(color));
  style.setProperty('--accent-text', readableOn(color, grounds[scheme]));
}

connectHost(start);
