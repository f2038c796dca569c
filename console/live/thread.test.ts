import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../protocol/message.ts';
import {
  addOutgoing,
  confirmOutgoing,
  emptyThread,
  lastSeq,
  markOutgoing,
  receiveCompleted,
  receiveCreated,
  receiveDelta,
  receiveSync,
  syncFrom,
  type Thread,
} from './thread.ts';

const conversationId = '01900000-0000-7000-8000-000000000000';

function messageOf(seq: number, values: Partial<Message> = {}): Message {
  return {
    id: `01900000-0000-7000-8000-${String(seq).padStart(12, '0')}`,
    conversationId,
    seq,
    author: { kind: 'customer' },
    body: `message ${seq}`,
    visibility: 'public',
    status: 'complete',
    citations: [],
    createdAt: '2026-11-23T10:00:00.000Z',
    ...values,
  };
}

const threadOf = (...messages: Message[]): Thread => receiveSync(emptyThread, messages);
const delta = (seq: number, index: number, text: string) => ({
  conversationId,
  messageId: messageOf(seq).id,
  index,
  text,
});

describe('messages', () => {
  it('takes the next message and ignores what it holds already', () => {
    const { thread, gap } = receiveCreated(threadOf(messageOf(1)), messageOf(2), 1);
    expect(gap).toBe(false);
    expect(thread.messages.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(receiveCreated(thread, messageOf(2), 1).thread.messages).toHaveLength(2);
  });

  it('reports a gap and shows nothing out of order', () => {
    const held = threadOf(messageOf(1));
    const received = receiveCreated(held, messageOf(3), 2);
    expect(received).toEqual({ thread: held, gap: true });
  });

  it('ends with every message once and in order, whatever arrives in whatever order', () => {
    const events = fc.shuffledSubarray(
      Array.from({ length: 12 }, (_, index) => index + 1),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(events, (order) => {
        const stored: Message[] = [];
        let thread = emptyThread;
        for (const seq of order) {
          // The server holds everything up to the highest seq that it told about.
          while (stored.length < seq) stored.push(messageOf(stored.length + 1));
          const received = receiveCreated(thread, messageOf(seq), seq - 1);
          thread = received.gap
            ? receiveSync(
                received.thread,
                stored.filter((message) => message.seq > syncFrom(received.thread)),
              )
            : received.thread;
        }
        expect(thread.messages).toEqual(stored);
      }),
    );
  });

  it('asks again from before a message that was being written', () => {
    const thread = threadOf(messageOf(1), messageOf(2, { status: 'streaming', body: '' }), messageOf(3));
    expect(syncFrom(thread)).toBe(1);
    expect(lastSeq(thread)).toBe(3);
  });
});

describe('streaming', () => {
  const writing = threadOf(messageOf(1), messageOf(2, { status: 'streaming', body: '' }));

  it('joins deltas in order, drops repeated ones and reports a missing one', () => {
    const first = receiveDelta(writing, delta(2, 0, 'Hel')).thread;
    const second = receiveDelta(first, delta(2, 1, 'lo')).thread;
    expect(second.streaming?.text).toBe('Hello');
    expect(receiveDelta(second, delta(2, 1, 'lo'))).toEqual({ thread: second, gap: false });
    expect(receiveDelta(second, delta(2, 3, '!'))).toEqual({ thread: second, gap: true });
  });

  it('goes on from the snapshot that a sync brings', () => {
    const synced = receiveSync(writing, [], { messageId: messageOf(2).id, index: 4, text: 'Hello' });
    expect(receiveDelta(synced, delta(2, 5, ' you')).thread.streaming?.text).toBe('Hello you');
    expect(receiveSync(synced, [], { messageId: messageOf(2).id, index: 1, text: 'He' }).streaming?.text).toBe('Hello');
  });

  it('replaces what streamed by the stored message, and no late event undoes it', () => {
    const streamed = receiveDelta(writing, delta(2, 0, 'Hel')).thread;
    const done = receiveCompleted(streamed, messageOf(2, { body: 'Hello.' })).thread;
    expect(done.streaming).toBeUndefined();
    expect(done.messages[1]?.body).toBe('Hello.');
    expect(receiveDelta(done, delta(2, 1, 'lo'))).toEqual({ thread: done, gap: false });
    expect(receiveCreated(done, messageOf(2, { status: 'streaming', body: '' }), 1).thread.messages[1]?.body).toBe(
      'Hello.',
    );
  });
});

describe('what is sent from here', () => {
  const outgoing = {
    clientMessageId: 'c1',
    body: 'Hi',
    visibility: 'public' as const,
    createdAt: '2026-11-23T10:00:00.000Z',
    state: 'sending' as const,
  };
  const sent = addOutgoing(threadOf(messageOf(1)), outgoing);

  it('is shown once, whether the event or the acknowledgement comes first', () => {
    const stored = messageOf(2, { clientMessageId: 'c1', author: { kind: 'agent' } });
    const byEvent = receiveCreated(sent, stored, 1).thread;
    expect(byEvent.outbox).toEqual([]);
    expect(confirmOutgoing(byEvent, stored).thread.messages).toHaveLength(2);
    const byAnswer = confirmOutgoing(sent, stored).thread;
    expect(byAnswer.outbox).toEqual([]);
    expect(receiveCreated(byAnswer, stored, 1).thread.messages).toHaveLength(2);
  });

  it('keeps its text when it fails', () => {
    const failed = markOutgoing(sent, 'c1', { state: 'failed', error: 'No connection.' });
    expect(failed.outbox).toEqual([{ ...outgoing, state: 'failed', error: 'No connection.' }]);
  });

  it('stays on screen while others wrote in between, until the sync brings both', () => {
    const stored = messageOf(3, { clientMessageId: 'c1', author: { kind: 'agent' } });
    const received = confirmOutgoing(sent, stored);
    expect(received.gap).toBe(true);
    expect(received.thread.outbox).toHaveLength(1);
    const synced = receiveSync(received.thread, [messageOf(2), stored]);
    expect(synced.outbox).toEqual([]);
    expect(synced.messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });
});
