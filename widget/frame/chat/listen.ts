import type { WidgetServerEvents } from '../../../protocol/widget.ts';
import { type ChatState, withThread } from '../store/chat.ts';
import type { Store } from '../store/create-store.ts';
import { applyDelta } from '../store/stream.ts';
import { applyCompleted, applyConversation, applyCreated, applyQueue, type Thread } from '../store/thread.ts';
import type { Rpc } from './rpc.ts';

/** "Is typing" is believed for this long after it was last said. */
const typingMs = 8_000;

/** Feeds the server's events to the store. `catchUp` is called whenever some may have been missed. */
export function listen(rpc: Rpc, store: Store<ChatState>, now: () => number, catchUp: () => void): () => void {
  const on = (conversationId: string, change: (thread: Thread) => Thread) =>
    store.update((state) => withThread(state, conversationId, change));
  const silent = (conversationId: string) =>
    store.update((state) => {
      if (!state.typing.has(conversationId)) return state;
      const typing = new Map(state.typing);
      typing.delete(conversationId);
      return { ...state, typing };
    });

  const handlers: WidgetServerEvents = {
    'message:created'({ conversationId, message, prevSeq }) {
      if (message.author.kind !== 'customer') silent(conversationId);
      on(conversationId, (thread) => applyCreated(thread, message, prevSeq));
    },
    'message:completed': ({ conversationId, message }) =>
      on(conversationId, (thread) => applyCompleted(thread, message)),
    'message:delta': (delta) => on(delta.conversationId, (thread) => applyDelta(thread, delta)),
    'conversation:updated'({ conversation }) {
      if (conversation.state === 'resolved') silent(conversation.id);
      on(conversation.id, (thread) => applyConversation(thread, conversation));
    },
    'queue:updated': ({ conversationId, ...place }) => on(conversationId, (thread) => applyQueue(thread, place)),
    'typing:updated'({ conversationId, author, typing }) {
      if (author.kind === 'customer') return;
      if (!typing) return silent(conversationId);
      const until = now() + typingMs;
      store.update((state) => ({ ...state, typing: new Map(state.typing).set(conversationId, { ...author, until }) }));
      setTimeout(() => {
        if ((store.get().typing.get(conversationId)?.until ?? 0) <= now()) silent(conversationId);
      }, typingMs);
    },
    'presence:updated': ({ online }) =>
      store.update((state) =>
        state.session ? { ...state, session: { ...state.session, inbox: { ...state.session.inbox, online } } } : state,
      ),
    'resync:needed': catchUp,
  };
  const { socket } = rpc;
  const connected = () => {
    store.update((state) => ({ ...state, connected: true, trouble: undefined }));
    catchUp();
  };
  const disconnected = () => store.update((state) => ({ ...state, connected: false }));
  socket.on('connect', connected);
  socket.on('disconnect', disconnected);
  socket.on('message:created', handlers['message:created']);
  socket.on('message:completed', handlers['message:completed']);
  socket.on('message:delta', handlers['message:delta']);
  socket.on('conversation:updated', handlers['conversation:updated']);
  socket.on('queue:updated', handlers['queue:updated']);
  socket.on('typing:updated', handlers['typing:updated']);
  socket.on('presence:updated', handlers['presence:updated']);
  socket.on('resync:needed', handlers['resync:needed']);
  return () => void socket.off();
}
