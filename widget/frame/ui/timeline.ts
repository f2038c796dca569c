import type { Author, Message } from '../../../protocol/message.ts';
import type { ChatState } from '../store/chat.ts';
import { itemsOf, type OutboxItem } from '../store/outbox.ts';
import type { Stream } from '../store/stream.ts';

export type Row = {
  /** Stays the same from unsent to sent and from streaming to complete: nothing is drawn twice. */
  key: string;
  author: Author;
  body: string;
  at: string;
  /** The first of its author's in a row: carries the name. */
  first: boolean;
  /** Nothing has been said on the day before it. */
  newDay: boolean;
  message?: Message;
  item?: OutboxItem;
  stream?: Stream;
};

type Draft = Omit<Row, 'first' | 'newDay'>;

const customer: Author = { kind: 'customer' };
const sameDay = (a: string, b: string) => new Date(a).toDateString() === new Date(b).toDateString();

/** What a conversation shows, top to bottom: what is stored, what is being written, what has not been sent. */
export function timelineOf({ threads, outbox }: ChatState, target: string, now: string): Row[] {
  const thread = threads.get(target);
  const stored = (thread?.messages ?? []).filter((message) => message.status !== 'streaming');
  const rows: Draft[] = stored.map((message) => ({
    key: (message.author.kind === 'customer' && message.clientMessageId) || message.id,
    author: message.author,
    body: message.body,
    at: message.createdAt,
    message,
  }));
  const stream = thread?.stream;
  if (stream && stream.text !== '') {
    rows.push({ key: stream.messageId, author: { kind: 'assistant' }, body: stream.text, at: now, stream });
  }
  for (const item of itemsOf(outbox, target)) {
    const at = new Date(item.at).toISOString();
    rows.push({ key: item.clientMessageId, author: customer, body: item.body, at, item });
  }
  return rows.map((row, at) => {
    const before = rows[at - 1];
    const newDay = before === undefined || !sameDay(before.at, row.at);
    const first = newDay || before.author.kind !== row.author.kind || before.author.id !== row.author.id;
    return { ...row, newDay, first };
  });
}
