/**
 * One conversation as this browser knows it. Pure functions: events may come late, twice, out of order or not at all,
 * and the outcome is always the server's list.
 *
 * `messages` holds everything this customer may see up to `throughSeq`, without gaps. An event that does not join on
 * to it is not shown but makes the thread `stale`; a sync from `syncFrom` then brings what was missed.
 */
import type { CustomerConversation, QueuePlace } from '../../../protocol/conversation.ts';
import type { Message } from '../../../protocol/message.ts';
import type { WidgetResponses } from '../../../protocol/widget.ts';
import { dropStream, isSilenced, type Stream, settleStream, snapshotStream } from './stream.ts';

export type Thread = {
  conversation: CustomerConversation;
  messages: readonly Message[];
  throughSeq: number;
  /** The assistant's message on its way. */
  stream: Stream | undefined;
  /** Messages whose deltas no longer count: replaced, overtaken, or impossible to follow. */
  ignored: readonly string[];
  /** Something was missed. */
  stale: boolean;
};

/** A conversation that an event named before anything else did. */
export const unknownThread = (id: string): Thread => ({
  conversation: { id, state: 'assistant', lastSeq: 0, readSeq: 0, createdAt: '', updatedAt: '' },
  messages: [],
  throughSeq: 0,
  stream: undefined,
  ignored: [],
  stale: true,
});

export const createThread = (conversation: CustomerConversation): Thread => ({
  ...unknownThread(conversation.id),
  conversation,
  stale: conversation.lastSeq > 0,
});

/** Where to sync from: a message that was stored unfinished is asked for again. */
export function syncFrom(thread: Thread): number {
  const unfinished = thread.messages.find((message) => message.status === 'streaming');
  return unfinished ? unfinished.seq - 1 : thread.throughSeq;
}

/** A finished message never becomes unfinished again, and what is finished does not change. */
function newer(known: Message | undefined, incoming: Message): Message {
  return known && known.status !== 'streaming' && incoming.status === 'streaming' ? known : incoming;
}

function withMessages(thread: Thread, incoming: readonly Message[]): Thread {
  const byId = new Map(thread.messages.map((message) => [message.id, message]));
  for (const message of incoming) byId.set(message.id, newer(byId.get(message.id), message));
  const messages = [...byId.values()].sort((a, b) => a.seq - b.seq);
  return settleStream({ ...thread, messages, throughSeq: Math.max(thread.throughSeq, messages.at(-1)?.seq ?? 0) });
}

const holds = (thread: Thread, message: Message) => thread.messages.some((known) => known.id === message.id);

const withLastSeq = (thread: Thread, seq: number): Thread =>
  thread.conversation.lastSeq >= seq ? thread : { ...thread, conversation: { ...thread.conversation, lastSeq: seq } };

export function applyCreated(thread: Thread, message: Message, prevSeq: number): Thread {
  const told = withLastSeq(thread, message.seq);
  if (holds(told, message) || (prevSeq <= told.throughSeq && message.seq > told.throughSeq)) {
    return withMessages(told, [message]);
  }
  return message.seq <= told.throughSeq ? told : { ...told, stale: true };
}

/** Says nothing about the message before it, so it joins on only where no number is left out. */
export function applyCompleted(thread: Thread, message: Message): Thread {
  return applyCreated(thread, message, message.seq - 1);
}

/** Later news wins; what only ever grows never shrinks. */
export function applyConversation(thread: Thread, incoming: CustomerConversation): Thread {
  const known = thread.conversation;
  const late = incoming.updatedAt < known.updatedAt;
  const conversation = {
    ...(late ? known : incoming),
    readSeq: Math.max(known.readSeq, incoming.readSeq),
    lastSeq: Math.max(known.lastSeq, incoming.lastSeq),
  };
  const updated = { ...thread, conversation, stale: thread.stale || conversation.lastSeq > thread.throughSeq };
  return isSilenced(conversation.state) ? dropStream(updated) : updated;
}

export function applyQueue(thread: Thread, { position, etaSeconds }: QueuePlace): Thread {
  if (thread.conversation.state !== 'waiting') return thread;
  return { ...thread, conversation: { ...thread.conversation, queue: { position, etaSeconds } } };
}

/** `asked`: the stream as it stood when the sync was sent; one that has moved since outlives an answer without it. */
export function applySync(thread: Thread, result: WidgetResponses['conversation:sync'], asked?: Stream): Thread {
  const merged = withMessages(thread, result.messages);
  const updated = applyConversation(merged, result.conversation);
  const followed = snapshotStream(updated, result.streaming, asked);
  const behind = followed.conversation.lastSeq > followed.throughSeq;
  return { ...followed, stale: behind && result.messages.length > 0 };
}

/** Messages of others that the customer has not read. Before the first sync only whether there are any is known. */
export function unreadCount(thread: Thread): number {
  const { readSeq, lastSeq } = thread.conversation;
  const unread = thread.messages.filter(
    (message) => message.seq > readSeq && message.author.kind !== 'customer',
  ).length;
  return unread === 0 && thread.throughSeq === 0 && lastSeq > readSeq ? 1 : unread;
}

/** The assistant owes an answer to what the customer said last. */
export function awaitsAnswer(thread: Thread): boolean {
  return thread.conversation.state === 'assistant' && thread.messages.at(-1)?.author.kind === 'customer';
}
