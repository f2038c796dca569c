/** Everything the widget shows, and how each event changes it. Pure. */
import type { CustomerConversation } from '../../../protocol/conversation.ts';
import type { ErrorCode } from '../../../protocol/errors.ts';
import type { Author, Message } from '../../../protocol/message.ts';
import type { WidgetSession } from '../../../protocol/widget.ts';
import { acknowledge, acknowledgeSeen, type Outbox } from './outbox.ts';
import { applyConversation, createThread, type Thread, unknownThread, unreadCount } from './thread.ts';

export type Trouble = { code: ErrorCode | 'offline'; retryAt?: number };

export type View = { screen: 'home' } | { screen: 'conversation'; target: string };

/** The target of a conversation in which nothing has been written. */
export const blankTarget = 'new';

export type Passage = { messageId: string; n: number };

export type ChatState = {
  phase: 'opening' | 'ready' | 'failed';
  /** Why opening failed. */
  trouble: Trouble | undefined;
  session: Pick<WidgetSession, 'customer' | 'inbox'> | undefined;
  connected: boolean;
  threads: ReadonlyMap<string, Thread>;
  outbox: Outbox;
  /** Sending rests until then: the server asked for it. */
  restUntil: number | undefined;
  typing: ReadonlyMap<string, { kind: Author['kind']; name?: string; until: number }>;
  view: View;
  passage: Passage | undefined;
  helpful: ReadonlyMap<string, boolean>;
  visible: boolean;
  /** Counts up when the composer is to take the focus, or was filled from outside. */
  attention: number;
};

export const initialChat: ChatState = {
  phase: 'opening',
  trouble: undefined,
  session: undefined,
  connected: false,
  threads: new Map(),
  outbox: [],
  restUntil: undefined,
  typing: new Map(),
  view: { screen: 'home' },
  passage: undefined,
  helpful: new Map(),
  visible: false,
  attention: 0,
};

export function withThread(state: ChatState, id: string, change: (thread: Thread) => Thread): ChatState {
  const thread = state.threads.get(id) ?? unknownThread(id);
  const changed = change(thread);
  if (changed === thread && state.threads.has(id)) return state;
  const outbox = acknowledgeSeen(state.outbox, changed.messages);
  return follow({ ...state, threads: new Map(state.threads).set(id, changed), outbox }, state.outbox, changed.messages);
}

/** The customer who looks at a conversation that has just got its id goes on looking at it. */
function follow(state: ChatState, before: Outbox, messages: readonly Message[]): ChatState {
  const { view } = state;
  if (view.screen !== 'conversation' || state.outbox === before) return state;
  const opener = before.find((item) => item.target === view.target && !state.outbox.includes(item));
  const message = opener && messages.find(({ clientMessageId }) => clientMessageId === opener.clientMessageId);
  return message ? { ...state, view: { ...view, target: message.conversationId } } : state;
}

export function withAcknowledged(state: ChatState, message: Message, clientMessageId: string): ChatState {
  const outbox = acknowledge(state.outbox, clientMessageId, message.conversationId);
  return follow({ ...state, outbox }, state.outbox, [{ ...message, clientMessageId }]);
}

/** Another customer's session starts from nothing; the same one's keeps what is known. */
export function withSession(state: ChatState, { customer, inbox, conversations }: WidgetSession): ChatState {
  const same = state.session?.customer.id === customer.id;
  const base =
    same || !state.session ? state : { ...state, threads: new Map<string, Thread>(), view: initialChat.view };
  const threads = new Map(base.threads);
  for (const conversation of conversations)
    threads.set(conversation.id, known(threads.get(conversation.id), conversation));
  return { ...base, phase: 'ready', trouble: undefined, session: { customer, inbox }, threads };
}

const known = (thread: Thread | undefined, conversation: CustomerConversation) =>
  thread ? applyConversation(thread, conversation) : createThread(conversation);

/** Latest first. */
export function conversationsOf(state: ChatState): CustomerConversation[] {
  return [...state.threads.values()]
    .map((thread) => thread.conversation)
    .filter((conversation) => conversation.updatedAt !== '')
    .sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
}

export const totalUnread = (state: ChatState) =>
  [...state.threads.values()].reduce((sum, thread) => sum + unreadCount(thread), 0);
