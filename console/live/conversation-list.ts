import type { AgentConversation, ConversationState } from '../../protocol/conversation.ts';

export type View = 'queue' | 'mine' | 'assistant' | 'snoozed' | 'resolved' | 'all';

export const views: readonly { id: View; label: string; empty: string }[] = [
  { id: 'queue', label: 'Queue', empty: 'Nobody is waiting.' },
  { id: 'mine', label: 'Mine', empty: 'You hold no conversation.' },
  { id: 'assistant', label: 'Assistant', empty: 'The assistant is not talking to anyone.' },
  { id: 'snoozed', label: 'Snoozed', empty: 'Nothing is put off.' },
  { id: 'resolved', label: 'Resolved', empty: 'Nothing has been resolved yet.' },
  { id: 'all', label: 'All', empty: 'No customer has written yet.' },
];

export const isView = (value: unknown): value is View => views.some((view) => view.id === value);

/** What to ask the server for, for each view. */
export function filterOf(view: View, selfId: string): { state?: ConversationState; assignee?: string } {
  if (view === 'queue') return { state: 'waiting' };
  if (view === 'mine') return { state: 'agent', assignee: selfId };
  return view === 'all' ? {} : { state: view };
}

export function isIn(view: View, conversation: AgentConversation, selfId: string): boolean {
  if (view === 'all') return true;
  if (view === 'queue') return conversation.state === 'waiting';
  if (view === 'mine') return conversation.state === 'agent' && conversation.assignee?.id === selfId;
  return conversation.state === view;
}

/** The queue by place, snoozed by when they wake, the rest by latest activity; ties by id, so that nothing dances. */
export function inView(
  conversations: ReadonlyMap<string, AgentConversation>,
  view: View,
  selfId: string,
): AgentConversation[] {
  const order = orderOf(view);
  return [...conversations.values()]
    .filter((conversation) => isIn(view, conversation, selfId))
    .sort((a, b) => order(a, b) || (a.id < b.id ? 1 : -1));
}

type Order = (a: AgentConversation, b: AgentConversation) => number;

function orderOf(view: View): Order {
  if (view === 'queue') return byWaiting;
  if (view === 'snoozed') return (a, b) => (a.snoozedUntil ?? '').localeCompare(b.snoozedUntil ?? '');
  return (a, b) => b.updatedAt.localeCompare(a.updatedAt);
}

const byWaiting: Order = (a, b) => waitingSince(a).localeCompare(waitingSince(b)) || a.id.localeCompare(b.id);

export const waitingSince = (conversation: AgentConversation): string =>
  conversation.handoff?.requestedAt ?? conversation.updatedAt;

/** The newer version of each stays; an answer that was overtaken by an event changes nothing. */
export function mergeConversations(
  held: ReadonlyMap<string, AgentConversation>,
  incoming: readonly AgentConversation[],
): ReadonlyMap<string, AgentConversation> {
  const fresh = incoming.filter((conversation) => {
    const known = held.get(conversation.id);
    return !known || conversation.updatedAt >= known.updatedAt;
  });
  if (fresh.length === 0) return held;
  const merged = new Map(held);
  for (const conversation of fresh) merged.set(conversation.id, conversation);
  return renumberQueue(merged);
}

/**
 * Places in line, longest waiting first. The server tells a conversation's place when that conversation changes, not when
 * one before it leaves the line, so the places held here grow stale.
 */
export function renumberQueue(held: ReadonlyMap<string, AgentConversation>): ReadonlyMap<string, AgentConversation> {
  const line = [...held.values()].filter(({ state, queue }) => state === 'waiting' && queue).sort(byWaiting);
  const moved = line.flatMap((conversation, index) =>
    conversation.queue && conversation.queue.position !== index + 1
      ? [{ ...conversation, queue: { ...conversation.queue, position: index + 1 } }]
      : [],
  );
  if (moved.length === 0) return held;
  const renumbered = new Map(held);
  for (const conversation of moved) renumbered.set(conversation.id, conversation);
  return renumbered;
}
