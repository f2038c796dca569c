import { expect, it } from 'vitest';
import type { Message } from '../../protocol/message.ts';
import { emptyThread, receiveSync } from './thread.ts';
import { buildTimeline } from './timeline.ts';

function messageOf(seq: number, values: Partial<Message>): Message {
  return {
    id: `m${seq}`,
    conversationId: 'c',
    seq,
    author: { kind: 'customer', id: 'c1' },
    body: 'text',
    visibility: 'public',
    status: 'complete',
    citations: [],
    createdAt: new Date(2026, 10, 23, 10, 0, seq).toISOString(),
    ...values,
  };
}

const mara: Message['author'] = { kind: 'agent', id: 'a1', name: 'Mara' };
const build = (...messages: Message[]) => buildTimeline(receiveSync(emptyThread, messages), mara);

it('names an author once per group and begins a new one for a note, a pause or another author', () => {
  const items = build(
    messageOf(1, {}),
    messageOf(2, {}),
    messageOf(3, { author: mara }),
    messageOf(4, { author: mara, visibility: 'note' }),
    messageOf(5, { author: mara, createdAt: new Date(2026, 10, 23, 11).toISOString() }),
  );
  expect(items.map((item) => (item.kind === 'group' ? item.entries.length : item.kind))).toEqual(['day', 2, 1, 1, 1]);
  expect(items.filter((item) => item.kind === 'group' && item.note)).toHaveLength(1);
});

it('separates days and shows system lines on their own', () => {
  const items = build(
    messageOf(1, { createdAt: new Date(2026, 10, 22, 23, 59).toISOString() }),
    messageOf(2, { author: { kind: 'system' }, createdAt: new Date(2026, 10, 23, 0, 1).toISOString() }),
  );
  expect(items.map(({ kind }) => kind)).toEqual(['day', 'group', 'day', 'system']);
});

it('keeps the place of a message when the server confirms it', () => {
  const outgoing = {
    clientMessageId: 'mine',
    body: 'Hi',
    visibility: 'public' as const,
    createdAt: new Date(2026, 10, 23, 10, 0, 5).toISOString(),
    state: 'sending' as const,
  };
  const before = buildTimeline({ ...emptyThread, outbox: [outgoing] }, mara);
  const after = build(messageOf(1, { author: mara, clientMessageId: 'mine' }));
  expect(after.at(-1)?.key).toBe(before.at(-1)?.key);
});
