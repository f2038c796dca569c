import type { AgentPresence, Viewer } from '../../protocol/agent.ts';
import type { AgentConversation } from '../../protocol/conversation.ts';
import { mergeConversations, renumberQueue } from './conversation-list.ts';
import { emptyThread, type Thread } from './thread.ts';

export type Typist = { key: string; kind: 'customer' | 'agent' | 'assistant'; name: string | undefined };

/** All that the sockets keep up to date. */
export type LiveState = {
  /** `refused`: the session has ended, or this agent may not connect; nothing will come any more. */
  connection: 'connecting' | 'online' | 'offline' | 'refused';
  presence: readonly AgentPresence[];
  conversations: ReadonlyMap<string, AgentConversation>;
  threads: ReadonlyMap<string, Thread>;
  /** How opening went, by conversation; absent: not asked for. */
  opened: ReadonlyMap<string, 'loading' | 'ready' | { error: string; missing: boolean }>;
  viewers: ReadonlyMap<string, readonly Viewer[]>;
  typists: ReadonlyMap<string, readonly Typist[]>;
  /** Raised when events may have been missed: lists ask again. */
  epoch: number;
};

export const initialLiveState: LiveState = {
  connection: 'connecting',
  presence: [],
  conversations: new Map(),
  threads: new Map(),
  opened: new Map(),
  viewers: new Map(),
  typists: new Map(),
  epoch: 0,
};

export function withEntry<Value>(map: ReadonlyMap<string, Value>, key: string, value: Value | undefined) {
  const next = new Map(map);
  if (value === undefined) next.delete(key);
  else next.set(key, value);
  return next;
}

export function withConversations(state: LiveState, incoming: readonly AgentConversation[]): LiveState {
  const conversations = mergeConversations(state.conversations, incoming);
  return conversations === state.conversations ? state : { ...state, conversations };
}

/** Without the rule that the newer one stays: for guesses, and for taking guesses back. */
export function withConversation(state: LiveState, conversation: AgentConversation): LiveState {
  return { ...state, conversations: renumberQueue(withEntry(state.conversations, conversation.id, conversation)) };
}

export const threadOf = (state: LiveState, conversationId: string): Thread =>
  state.threads.get(conversationId) ?? emptyThread;

export function withThread(state: LiveState, conversationId: string, thread: Thread): LiveState {
  return state.threads.get(conversationId) === thread
    ? state
    : { ...state, threads: withEntry(state.threads, conversationId, thread) };
}

export function withTypist(state: LiveState, conversationId: string, typist: Typist, typing: boolean): LiveState {
  const others = (state.typists.get(conversationId) ?? []).filter((held) => held.key !== typist.key);
  const next = typing ? [...others, typist] : others;
  return { ...state, typists: withEntry(state.typists, conversationId, next.length === 0 ? undefined : next) };
}
