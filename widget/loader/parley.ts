import { remember } from './memory.ts';
import { mountWidget, type Widget } from './mount-widget.ts';
import { readSettings, type Settings } from './settings.ts';

type Listening = { event: unknown; listener: unknown };

/** What pages call: `Parley(command, …)`. A wrong call says so on the console and breaks nothing. */
export function createParley(base: string) {
  const listening = new Set<Listening>();
  let settings: Settings | undefined;
  let widget: Widget | undefined;

  /** Each listener has a task of its own: a faulty one stops neither the others nor us. */
  const call = (one: Listening, value?: unknown) =>
    queueMicrotask(() => {
      if (listening.has(one) && one.listener instanceof Function) one.listener(value);
    });
  const emit = (event: string, value?: unknown) => {
    for (const one of listening) if (one.event === event) call(one, value);
  };

  function boot(given: unknown): unknown {
    const wanted = readSettings(window.ParleySettings, given);
    if (!wanted) return complain('no inboxKey');
    if (widget?.isMounted() && settings?.inboxKey === wanted.inboxKey) return update(wanted);
    widget?.remove(false);
    settings = wanted;
    widget = mountWidget(base, wanted, emit);
    emit('ready');
  }

  function update(given: unknown): unknown {
    const wanted = readSettings(settings, given);
    if (!settings || !wanted) return complain('no inboxKey');
    if (wanted.inboxKey !== settings.inboxKey) return boot(wanted);
    settings = wanted;
    widget?.update(wanted);
  }

  function shutdown(): void {
    if (settings) remember(settings.inboxKey, { known: false, forget: true });
    widget?.remove(true);
    widget = settings = undefined;
  }

  function on(event: unknown, listener: unknown): () => void {
    const one = { event, listener };
    listening.add(one);
    // it happened before: who comes late hears of it too
    if (event === 'ready' && widget) call(one);
    return () => void listening.delete(one);
  }

  const use = (act: (ready: Widget, text: string) => void) => (value: unknown) =>
    widget ? act(widget, value ? `${value}` : '') : complain('no inboxKey');

  const commands: Record<string, (value: unknown, more: unknown) => unknown> = {
    boot,
    update,
    shutdown,
    on,
    identify: (value) => update(typeof value === 'string' ? { userJwt: value } : value),
    show: use((ready) => ready.show()),
    hide: use((ready) => ready.hide()),
    toggle: use((ready) => ready.toggle()),
    showNewMessage: use((ready, text) => ready.show({ type: 'compose', text })),
    ask: use((ready, text) => ready.show({ type: 'ask', text })),
  };
  const parley = (command?: unknown, value?: unknown, more?: unknown): unknown => {
    const run = commands[`${command}`];
    return run ? run(value, more) : complain(`no ${command}`);
  };
  return Object.assign(parley, { version: 1 });
}

function complain(what: string): void {
  console.warn(`Parley: ${what}`);
}
