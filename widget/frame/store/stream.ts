/**
 * The assistant's message on its way, from disposable deltas. Absent → growing → (gap → caught up by a snapshot) → gone when its message is
 * stored, when a newer message of the customer overtakes it, when another one starts, or when people take over.
 */
import type { ConversationState } from '../../../protocol/conversation.ts';
import type { MessageDelta, StreamSnapshot } from '../../../protocol/message.ts';
import type { Thread } from './thread.ts';
import { uuidTime } from './uuid-time.ts';

export type Stream = {
  messageId: string;
  /** The last delta in `text`; -1 before the first. */
  index: number;
  text: string;
  /** Deltas that came before the ones they follow. */
  ahead: ReadonlyMap<number, string>;
};

/** How many outlived message ids are remembered: deltas of older ones come no more. */
const ignoredMax = 20;

export const isSilenced = (state: ConversationState) => state !== 'assistant';

const ignore = (thread: Thread, messageId: string): Thread => ({
  ...thread,
  ignored: [...thread.ignored.filter((id) => id !== messageId), messageId].slice(-ignoredMax),
});

export function dropStream(thread: Thread): Thread {
  if (!thread.stream) return thread;
  return { ...ignore(thread, thread.stream.messageId), stream: undefined };
}

/** Ids carry the time of their making: an answer begun before the customer's last message does not answer it. */
function isOvertaken(thread: Thread, messageId: string): boolean {
  const last = thread.messages.findLast((message) => message.author.kind === 'customer');
  return last !== undefined && uuidTime(messageId) < uuidTime(last.id);
}

const isFinished = (thread: Thread, messageId: string) =>
  thread.messages.some((message) => message.id === messageId && message.status !== 'streaming');

/** Drops the stream when the messages say that it is over. */
export function settleStream(thread: Thread): Thread {
  const id = thread.stream?.messageId;
  return id !== undefined && (isFinished(thread, id) || isOvertaken(thread, id)) ? dropStream(thread) : thread;
}

function advance(stream: Stream): Stream {
  const ahead = new Map(stream.ahead);
  let { index, text } = stream;
  for (let next = ahead.get(index + 1); next !== undefined; next = ahead.get(index + 1)) {
    index += 1;
    text += next;
  }
  for (const known of [...ahead.keys()]) if (known <= index) ahead.delete(known);
  return { ...stream, index, text, ahead };
}

export function applyDelta(thread: Thread, { messageId, index, text }: MessageDelta): Thread {
  const current = thread.stream;
  const follows = current?.messageId === messageId;
  if (isSilenced(thread.conversation.state) || thread.ignored.includes(messageId)) return thread;
  if (isFinished(thread, messageId) || isOvertaken(thread, messageId)) return thread;
  if (current && !follows && uuidTime(messageId) < uuidTime(current.messageId)) return thread;
  const base = follows || !current ? thread : dropStream(thread);
  const stream = follows ? current : { messageId, index: -1, text: '', ahead: new Map<number, string>() };
  if (index <= stream.index) return thread;
  const grown = advance({ ...stream, ahead: new Map(stream.ahead).set(index, text) });
  return { ...base, stream: grown, stale: base.stale || grown.ahead.size > 0 };
}

/** What a sync says about the stream. A gap that it cannot fill makes the rest of that message impossible to follow. */
export function snapshotStream(
  thread: Thread,
  snapshot: StreamSnapshot | undefined,
  asked: Stream | undefined,
): Thread {
  const current = thread.stream;
  if (!snapshot) {
    const unmoved = current !== undefined && current.messageId === asked?.messageId && current.index === asked.index;
    return current && (unmoved || current.ahead.size > 0) ? dropStream(thread) : thread;
  }
  const { messageId, index, text } = snapshot;
  if (isSilenced(thread.conversation.state) || thread.ignored.includes(messageId)) return thread;
  if (isFinished(thread, messageId) || isOvertaken(thread, messageId)) return thread;
  if (current && current.messageId !== messageId && uuidTime(messageId) < uuidTime(current.messageId)) return thread;
  const follows = current?.messageId === messageId;
  if (follows && current.index >= index) return thread;
  const base = follows || !current ? thread : dropStream(thread);
  return { ...base, stream: advance({ messageId, index, text, ahead: follows ? current.ahead : new Map() }) };
}
