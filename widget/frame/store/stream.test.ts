import { expect, test } from 'vitest';
import type { CustomerConversation } from '../../../protocol/conversation.ts';
import type { Author, Message } from '../../../protocol/message.ts';
import { applyDelta, snapshotStream } from './stream.ts';
import { applyConversation, applyCreated, applySync, createThread, type Thread } from './thread.ts';

const conversationId = '00000000-0001-7000-8000-000000000001';
const idAt = (time: number, unique = 0) =>
  `00000000-${time.toString(16).padStart(4, '0')}-7000-8000-${String(unique).padStart(12, '0')}`;
const conversation = (fields: Partial<CustomerConversation> = {}): CustomerConversation => ({
  id: conversationId,
  state: 'assistant',
  lastSeq: 0,
  readSeq: 0,
  createdAt: '2026-11-23T00:00:00.000Z',
  updatedAt: '2026-11-23T00:00:00.000Z',
  ...fields,
});
const message = (seq: number, kind: Author['kind'], id = idAt(seq)): Message => ({
  id,
  conversationId,
  seq,
  author: { kind },
  body: `message ${seq}`,
  visibility: 'public',
  status: 'complete',
  citations: [],
  createdAt: '2026-11-23T00:00:00.000Z',
});
const delta = (messageId: string, index: number, text: string) => ({ conversationId, messageId, index, text });
const asked = (): Thread => applyCreated(createThread(conversation()), message(1, 'customer'), 0);
const textOf = (thread: Thread) => thread.stream?.text;

test('deltas that come before the ones they follow wait for them', () => {
  let thread = applyDelta(asked(), delta(idAt(9), 0, 'a'));
  thread = applyDelta(thread, delta(idAt(9), 2, 'c'));
  expect([textOf(thread), thread.stale]).toEqual(['a', true]);
  expect(textOf(applyDelta(thread, delta(idAt(9), 1, 'b')))).toBe('abc');
});

test('a snapshot fills a gap, and what came meanwhile joins on to it', () => {
  const thread = applyDelta(asked(), delta(idAt(9), 3, 'd'));
  expect(textOf(snapshotStream(thread, { messageId: idAt(9), index: 2, text: 'abc' }, undefined))).toBe('abcd');
});

test('a gap that no snapshot fills is given up, not asked for for ever', () => {
  const gap = applyDelta(asked(), delta(idAt(9), 3, 'd'));
  const given = applySync(gap, { conversation: conversation({ lastSeq: 1 }), messages: [] }, gap.stream);
  expect(given.stream).toBeUndefined();
  expect(applyDelta(given, delta(idAt(9), 4, 'e'))).toBe(given);
});

test('a new answer replaces an unfinished one, whose late deltas count no more', () => {
  let thread = applyDelta(asked(), delta(idAt(8), 0, 'old'));
  thread = applyDelta(thread, delta(idAt(9), 0, 'new'));
  thread = applyDelta(thread, delta(idAt(8), 1, ' older'));
  expect(textOf(thread)).toBe('new');
});

test('an answer that a newer message of the customer has overtaken is dropped, and its late deltas too', () => {
  let thread = applyDelta(asked(), delta(idAt(5), 0, 'late'));
  thread = applyCreated(thread, message(2, 'customer', idAt(7)), 1);
  expect(thread.stream).toBeUndefined();
  expect(applyDelta(thread, delta(idAt(5), 1, 'r')).stream).toBeUndefined();
  expect(textOf(applyDelta(thread, delta(idAt(8), 0, 'now')))).toBe('now');
});

test('an answer does not start again after its message is there', () => {
  let thread = applyDelta(asked(), delta(idAt(5), 0, 'whole'));
  thread = applyCreated(thread, message(2, 'assistant', idAt(5)), 1);
  expect(thread.stream).toBeUndefined();
  expect(applyDelta(thread, delta(idAt(5), 1, '!')).stream).toBeUndefined();
});

test('the assistant falls silent when people take over', () => {
  const thread = applyDelta(asked(), delta(idAt(5), 0, 'well'));
  const later = { state: 'waiting', updatedAt: '2026-11-23T00:00:01.000Z' } as const;
  const waiting = applyConversation(thread, conversation(later));
  expect(waiting.stream).toBeUndefined();
  expect(applyDelta(waiting, delta(idAt(6), 0, 'but')).stream).toBeUndefined();
});

test('a sync that was asked before the answer began does not end it', () => {
  const before = asked();
  const begun = applyDelta(before, delta(idAt(5), 0, 'well'));
  const synced = applySync(begun, { conversation: conversation({ lastSeq: 1 }), messages: [] }, before.stream);
  expect(textOf(synced)).toBe('well');
});

test('older news of a conversation does not undo newer', () => {
  const newer = applyConversation(
    asked(),
    conversation({ state: 'agent', readSeq: 1, updatedAt: '2026-11-23T00:00:05.000Z' }),
  );
  const older = applyConversation(newer, conversation({ state: 'waiting', updatedAt: '2026-11-23T00:00:04.000Z' }));
  expect(older.conversation).toMatchObject({ state: 'agent', readSeq: 1 });
});
