import type { Message } from '../../protocol/message.ts';
import { dayKey } from '../ui/time.ts';
import type { OutgoingMessage, Thread } from './thread.ts';

/** What the conversation shows, top to bottom. */
export type TimelineItem =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'system'; key: string; message: Message }
  | { kind: 'group'; key: string; author: Message['author']; note: boolean; entries: TimelineEntry[] };

export type TimelineEntry =
  | { kind: 'message'; key: string; message: Message; text: string }
  | { kind: 'outgoing'; key: string; message: OutgoingMessage };

const groupGapMs = 5 * 60_000;

/** Messages of one author within five minutes of each other stand under one name; a note never joins a reply. */
export function buildTimeline(thread: Thread, self: Message['author']): TimelineItem[] {
  const items: TimelineItem[] = [];
  let day = '';
  let lastAt = 0;

  const place = (author: Message['author'], note: boolean, createdAt: string, entry: TimelineEntry) => {
    const at = Date.parse(createdAt);
    const last = items.at(-1);
    if (last?.kind === 'group' && last.note === note && sameAuthor(last.author, author) && at - lastAt < groupGapMs) {
      last.entries.push(entry);
    } else {
      items.push({ kind: 'group', key: entry.key, author, note, entries: [entry] });
    }
    lastAt = at;
  };
  const startDay = (createdAt: string) => {
    const key = dayKey(new Date(createdAt));
    if (key === day) return;
    day = key;
    items.push({ kind: 'day', key, at: createdAt });
  };

  for (const message of thread.messages) {
    startDay(message.createdAt);
    // The same key as the outgoing one had: the bubble stays where it is when the server confirms it.
    const key = message.clientMessageId ?? message.id;
    if (message.author.kind === 'system' && message.visibility === 'public') {
      items.push({ kind: 'system', key, message });
      continue;
    }
    const text = thread.streaming?.messageId === message.id ? thread.streaming.text : message.body;
    place(message.author, message.visibility === 'note', message.createdAt, { kind: 'message', key, message, text });
  }
  for (const message of thread.outbox) {
    startDay(message.createdAt);
    place(self, message.visibility === 'note', message.createdAt, {
      kind: 'outgoing',
      key: message.clientMessageId,
      message,
    });
  }
  return items;
}

function sameAuthor(a: Message['author'], b: Message['author']): boolean {
  return a.kind === b.kind && (a.id ?? '') === (b.id ?? '');
}
