import { describe, expect, it } from 'vitest';
import type { AgentConversation } from '../../protocol/conversation.ts';
import { inView, mergeConversations } from './conversation-list.ts';
import { mayDo, predict, undoOf } from './predict.ts';

const self = { id: 'a1', name: 'Mara' };

function conversationOf(id: string, values: Partial<AgentConversation> = {}): AgentConversation {
  return {
    id,
    state: 'assistant',
    lastSeq: 1,
    readSeq: 0,
    createdAt: '2026-11-23T10:00:00.000Z',
    updatedAt: '2026-11-23T10:00:00.000Z',
    customer: { id: 'c', verified: false },
    priority: 'normal',
    labels: [],
    summary: null,
    unread: 0,
    ...values,
  };
}
const waitingOf = (id: string, since: string, position: number) =>
  conversationOf(id, {
    state: 'waiting',
    queue: { position, etaSeconds: null },
    handoff: {
      reason: 'customer_asked',
      brief: { asked: '', tried: [], found: [] },
      requestedAt: `2026-11-23T${since}:00.000Z`,
    },
  });
const mapOf = (...all: AgentConversation[]) => new Map(all.map((conversation) => [conversation.id, conversation]));

describe('views', () => {
  const all = mapOf(
    waitingOf('1', '10:05', 2),
    waitingOf('2', '10:00', 1),
    conversationOf('3', { state: 'agent', assignee: { id: 'a1', name: 'Mara' } }),
    conversationOf('4', { state: 'agent', assignee: { id: 'a2', name: 'Jonas' } }),
    conversationOf('5', { state: 'resolved', updatedAt: '2026-11-23T11:00:00.000Z' }),
  );
  const idsIn = (view: Parameters<typeof inView>[1]) => inView(all, view, 'a1').map(({ id }) => id);

  it('moves everybody up when somebody leaves the line', () => {
    const line = mapOf(waitingOf('1', '10:00', 1), waitingOf('2', '10:05', 2), waitingOf('3', '10:10', 3));
    const after = mergeConversations(line, [conversationOf('1', { state: 'agent', assignee: self })]);
    expect(['2', '3'].map((id) => after.get(id)?.queue?.position)).toEqual([1, 2]);
  });

  it('orders the queue by place', () => expect(idsIn('queue')).toEqual(['2', '1']));
  it('shows as mine what I hold and nothing else', () => expect(idsIn('mine')).toEqual(['3']));
  it('shows all by latest activity', () => expect(idsIn('all')[0]).toBe('5'));

  it('keeps the newer version when an old answer arrives late', () => {
    const newer = conversationOf('1', { state: 'resolved', updatedAt: '2026-11-23T12:00:00.000Z' });
    const merged = mergeConversations(mapOf(newer), [conversationOf('1')]);
    expect(merged.get('1')?.state).toBe('resolved');
    expect(mergeConversations(mapOf(conversationOf('1')), [newer]).get('1')?.state).toBe('resolved');
  });
});

describe('what an agent does', () => {
  const waiting = conversationOf('1', { state: 'waiting', queue: { position: 1, etaSeconds: 60 } });
  const mine = conversationOf('1', { state: 'agent', assignee: self });

  it('shows a claim at once, without the place in line', () => {
    const guess = predict(waiting, { kind: 'claim' }, self, []);
    expect(guess).toMatchObject({ state: 'agent', assignee: self });
    expect(guess.queue).toBeUndefined();
  });

  it('takes back what can be taken back', () => {
    expect(undoOf(waiting, { kind: 'claim' }, self)?.kind).toBe('handoff');
    expect(undoOf(mine, { kind: 'resolve' }, self)).toEqual({ kind: 'reopen' });
    expect(undoOf(mine, { kind: 'snooze', until: '2026-11-24T09:00:00.000Z' }, self)).toEqual({ kind: 'claim' });
    expect(undoOf(mine, { kind: 'assign', agentId: 'a2' }, self)).toEqual({ kind: 'claim' });
    expect(undoOf(conversationOf('1'), { kind: 'claim' }, self)).toBeUndefined();
  });

  it('offers only what the state allows', () => {
    expect(mayDo(mine, 'claim', self)).toBe(false);
    expect(mayDo(mine, 'snooze', self)).toBe(true);
    expect(mayDo(waiting, 'snooze', self)).toBe(false);
    expect(mayDo(conversationOf('1', { state: 'resolved' }), 'resolve', self)).toBe(false);
  });
});
