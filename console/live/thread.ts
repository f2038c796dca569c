import type { Message, MessageDelta, StreamSnapshot, Visibility } from '../../protocol/message.ts';

/**
 * The messages of one conversation as this console holds them.
 *
 * The stored message is the truth, in `seq` order without gaps (agents see every seq). What arrives out of step does not
 * change anything and reports a gap; the caller then opens the conversation again after `syncFrom`. Deltas count from 0
 * without gaps and only ever fill the message that is being written.
 */
export type Thread = {
  messages: readonly Message[];
  streaming: StreamSnapshot | undefined;
  outbox: readonly OutgoingMessage[];
};

/** Written here and not yet known to be stored; `clientMessageId` makes sending it again harmless. */
export type OutgoingMessage = {
  clientMessageId: string;
  body: string;
  visibility: Visibility;
  createdAt: string;
  state: 'sending' | 'failed';
  /** Why it failed, for the reader. */
  error?: string;
};

export type Received = { thread: Thread; gap: boolean };

export const emptyThread: Thread = { messages: [], streaming: undefined, outbox: [] };

export const lastSeq = (thread: Thread): number => thread.messages.at(-1)?.seq ?? 0;

/** The seq after which everything must be asked for again: before the first message that was still being written. */
export function syncFrom(thread: Thread): number {
  const unfinished = thread.messages.find((message) => message.status === 'streaming');
  return unfinished ? unfinished.seq - 1 : lastSeq(thread);
}

/** What a sync brought. It replaces what is held under the same seq. */
export function receiveSync(thread: Thread, messages: readonly Message[], streaming?: StreamSnapshot): Thread {
  const bySeq = new Map(thread.messages.map((message) => [message.seq, message]));
  for (const message of messages) bySeq.set(message.seq, message);
  const merged = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  return {
    messages: merged,
    streaming: newerStream(thread.streaming, streaming, merged),
    outbox: settle(thread, messages),
  };
}

export function receiveCreated(thread: Thread, message: Message, prevSeq: number): Received {
  const last = lastSeq(thread);
  if (message.seq <= last) return { thread: replaceMessage(thread, message), gap: false };
  if (prevSeq > last) return { thread, gap: true };
  return {
    thread: { ...thread, messages: [...thread.messages, message], outbox: settle(thread, [message]) },
    gap: false,
  };
}

export function receiveDelta(thread: Thread, delta: MessageDelta): Received {
  const held = thread.messages.find((message) => message.id === delta.messageId);
  if (held && held.status !== 'streaming') return { thread, gap: false };
  const streaming = thread.streaming?.messageId === delta.messageId ? thread.streaming : undefined;
  const expected = (streaming?.index ?? -1) + 1;
  if (delta.index < expected) return { thread, gap: false };
  if (delta.index > expected || !held) return { thread, gap: true };
  const text = (streaming?.text ?? '') + delta.text;
  return { thread: { ...thread, streaming: { messageId: delta.messageId, index: delta.index, text } }, gap: false };
}

export function receiveCompleted(thread: Thread, message: Message): Received {
  const streaming = thread.streaming?.messageId === message.id ? undefined : thread.streaming;
  if (thread.messages.some((held) => held.id === message.id)) {
    return { thread: { ...replaceMessage(thread, message), streaming }, gap: false };
  }
  return receiveCreated({ ...thread, streaming }, message, message.seq - 1);
}

export function addOutgoing(thread: Thread, message: OutgoingMessage): Thread {
  return {
    ...thread,
    outbox: [...thread.outbox.filter((held) => held.clientMessageId !== message.clientMessageId), message],
  };
}

export function markOutgoing(
  thread: Thread,
  clientMessageId: string,
  change: Pick<OutgoingMessage, 'state' | 'error'>,
): Thread {
  return {
    ...thread,
    outbox: thread.outbox.map((held) => (held.clientMessageId === clientMessageId ? { ...held, ...change } : held)),
  };
}

export function dropOutgoing(thread: Thread, clientMessageId: string): Thread {
  return { ...thread, outbox: thread.outbox.filter((held) => held.clientMessageId !== clientMessageId) };
}

/** The stored answer to a send: it takes its place if it fits, and otherwise comes with the sync that the gap calls for. */
export function confirmOutgoing(thread: Thread, message: Message): Received {
  const received = receiveCreated(thread, message, message.seq - 1);
  return received.gap
    ? received
    : { ...received, thread: { ...received.thread, outbox: settle(received.thread, [message]) } };
}

function settle(thread: Thread, messages: readonly Message[]): readonly OutgoingMessage[] {
  if (thread.outbox.length === 0) return thread.outbox;
  const stored = new Set(messages.map((message) => message.clientMessageId));
  return thread.outbox.filter((held) => !stored.has(held.clientMessageId));
}

/** An event that was under way longer than the message's completion does not undo it. */
function replaceMessage(thread: Thread, message: Message): Thread {
  return {
    ...thread,
    outbox: settle(thread, [message]),
    messages: thread.messages.map((held) =>
      held.seq !== message.seq || (held.status !== 'streaming' && message.status === 'streaming') ? held : message,
    ),
  };
}

function newerStream(held: StreamSnapshot | undefined, got: StreamSnapshot | undefined, messages: readonly Message[]) {
  const newer = held && got && held.messageId === got.messageId && held.index > got.index ? held : (got ?? held);
  return messages.some((message) => message.id === newer?.messageId && message.status === 'streaming')
    ? newer
    : undefined;
}
