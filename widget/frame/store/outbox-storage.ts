import type { KeyValue } from '../storage.ts';
import { type Outbox, type OutboxItem, putItem } from './outbox.ts';

const prefix = 'out:';

/** What an earlier version, or a customer with developer tools, left behind is checked before it is trusted. */
function parseItem(text: string | undefined): OutboxItem | undefined {
  try {
    const item = JSON.parse(text ?? 'null');
    const whole =
      typeof item?.clientMessageId === 'string' &&
      typeof item.target === 'string' &&
      typeof item.body === 'string' &&
      typeof item.at === 'number';
    if (!whole) return undefined;
    const { clientMessageId, target, body, at, wantsHuman, state, problem } = item;
    return {
      clientMessageId,
      target,
      body,
      at,
      wantsHuman: wantsHuman === true,
      state: state === 'failed' ? state : 'queued',
      problem,
    };
  } catch {
    return undefined;
  }
}

export const storedIds = (storage: KeyValue) =>
  storage
    .keys()
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));

export function loadOutbox(storage: KeyValue): Outbox {
  return storedIds(storage).reduce<Outbox>((outbox, id) => {
    const item = parseItem(storage.get(prefix + id));
    return item ? putItem(outbox, item) : outbox;
  }, []);
}

/** Each item has a key of its own, so tabs that write at the same time lose nothing of each other's. */
export function saveOutbox(storage: KeyValue, before: Outbox, after: Outbox): void {
  const kept = new Map(after.map((item) => [item.clientMessageId, item]));
  for (const { clientMessageId } of before) if (!kept.has(clientMessageId)) storage.remove(prefix + clientMessageId);
  const known = new Set(before);
  for (const item of after) if (!known.has(item)) storage.set(prefix + item.clientMessageId, JSON.stringify(item));
}

/** Another tab changed the outbox: its new items join ours, and what it saw arrive leaves. States of our own stay. */
export function mergeStored(ours: Outbox, storage: KeyValue): Outbox {
  const stored = loadOutbox(storage);
  return stored.map((item) => {
    const known = ours.find(({ clientMessageId }) => clientMessageId === item.clientMessageId);
    return known && known.state === 'sending' ? { ...item, state: known.state } : item;
  });
}
