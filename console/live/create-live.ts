import type { Visibility } from '../../protocol/message.ts';
import type { Session } from '../../protocol/staff.ts';
import { type AgentSocket, ask, connectAgentSocket, SocketError } from './agent-socket.ts';
import { createStore } from './create-store.ts';
import { createDrafts } from './drafts.ts';
import {
  initialLiveState,
  type LiveState,
  threadOf,
  withConversations,
  withEntry,
  withThread,
  withTypist,
} from './live-state.ts';
import type { Person } from './predict.ts';
import { randomId } from './random-id.ts';
import {
  addOutgoing,
  confirmOutgoing,
  dropOutgoing,
  emptyThread,
  lastSeq,
  markOutgoing,
  type Received,
  receiveCompleted,
  receiveCreated,
  receiveDelta,
  receiveSync,
  syncFrom,
  type Thread,
} from './thread.ts';

type AgentMessage = { clientMessageId: string; body: string; visibility: Visibility };

const typingShownMs = 7_000;
const presenceKey = 'parley:presence';

/**
 * The console's live side: one socket, one store. Opens (`open`) follow a conversation; everything else that the server
 * tells keeps the lists right. After a reconnect, and when the server says that events may be missing, it asks again.
 */
export function createLive(session: Session) {
  const store = createStore<LiveState>(initialLiveState);
  const drafts = createDrafts(localStorage, session.agent.id);
  const socket: AgentSocket = connectAgentSocket();
  const self: Person = { id: session.agent.id, name: session.agent.name };
  const syncing = new Map<string, Promise<void>>();
  /** Conversations about which something was told while they were synced: what the sync brings may be older. */
  const overtaken = new Set<string>();
  const typingTimers = new Map<string, ReturnType<typeof setTimeout>>();
  let openId: string | undefined;

  const changeThread = (conversationId: string, change: (thread: Thread) => Thread) => {
    store.update((state) => withThread(state, conversationId, change(threadOf(state, conversationId))));
    drafts.saveOutbox(conversationId, threadOf(store.get(), conversationId).outbox);
  };

  /** Only conversations that were opened are followed message by message. */
  const receive = (conversationId: string, change: (thread: Thread) => Received) => {
    if (store.get().opened.get(conversationId) !== 'ready') {
      if (syncing.has(conversationId)) overtaken.add(conversationId);
      return;
    }
    const { thread, gap } = change(threadOf(store.get(), conversationId));
    changeThread(conversationId, () => thread);
    if (gap) void sync(conversationId);
  };

  const markOpened = (conversationId: string, value: 'loading' | 'ready' | { error: string; missing: boolean }) =>
    store.update((state) => ({ ...state, opened: withEntry(state.opened, conversationId, value) }));

  /** One sync of a conversation at a time; a wish during one is granted right after it. */
  function sync(conversationId: string): Promise<void> {
    const running = syncing.get(conversationId);
    if (running) {
      overtaken.add(conversationId);
      return running;
    }
    const started = fetchMissing(conversationId).finally(() => {
      syncing.delete(conversationId);
      if (overtaken.delete(conversationId) && socket.connected) void sync(conversationId);
    });
    syncing.set(conversationId, started);
    return started;
  }

  async function fetchMissing(conversationId: string): Promise<void> {
    try {
      for (;;) {
        const before = threadOf(store.get(), conversationId);
        const answer = await ask(socket, 'conversation:open', { conversationId, afterSeq: syncFrom(before) });
        changeThread(conversationId, (thread) => receiveSync(thread, answer.messages, answer.streaming));
        store.update((state) => ({
          ...withConversations(state, [answer.conversation]),
          viewers: withEntry(state.viewers, conversationId, answer.viewers),
        }));
        const held = lastSeq(threadOf(store.get(), conversationId));
        if (held >= answer.conversation.lastSeq || held <= lastSeq(before)) break;
      }
      markOpened(conversationId, 'ready');
    } catch (error) {
      // What is on screen stays there; a reconnect asks again.
      if (store.get().opened.get(conversationId) === 'ready') return;
      // an id that is none is that of no conversation
      const missing = error instanceof SocketError && ['not_found', 'invalid_input'].includes(error.code);
      const unansweredNow = error instanceof SocketError && error.unanswered;
      if (unansweredNow && !socket.connected) return;
      const text = error instanceof SocketError ? error.message : 'The conversation could not be loaded.';
      markOpened(conversationId, { error: text, missing });
    }
  }

  const transmit = async (conversationId: string, message: AgentMessage) => {
    try {
      const answer = await ask(socket, 'message:send', { conversationId, ...message });
      receive(conversationId, (thread) => confirmOutgoing(thread, answer.message));
    } catch (error) {
      const text = error instanceof SocketError ? error.message : 'It could not be sent.';
      changeThread(conversationId, (thread) =>
        markOutgoing(thread, message.clientMessageId, { state: 'failed', error: text }),
      );
    }
  };

  const resend = (conversationId: string, clientMessageId: string) => {
    const message = threadOf(store.get(), conversationId).outbox.find(
      (held) => held.clientMessageId === clientMessageId,
    );
    if (!message) return;
    changeThread(conversationId, (thread) => markOutgoing(thread, clientMessageId, { state: 'sending' }));
    const { body, visibility } = message;
    void transmit(conversationId, { clientMessageId, body, visibility });
  };

  const subscribe = async () => {
    const answer = await ask(socket, 'inbox:subscribe', {});
    store.update((state) => ({
      ...withConversations(state, answer.conversations),
      connection: 'online',
      presence: answer.presence,
      epoch: state.epoch + 1,
    }));
    await ask(socket, 'presence:set', { status: storedPresence() });
    for (const conversationId of store.get().opened.keys()) {
      if (conversationId === openId) await sync(conversationId);
      // Closed ones are caught up with when they are opened again.
      else store.update((state) => ({ ...state, opened: withEntry(state.opened, conversationId, undefined) }));
    }
    if (openId) for (const message of threadOf(store.get(), openId).outbox) resend(openId, message.clientMessageId);
  };

  socket.on('connect', () => {
    subscribe().catch(() => {
      // Half a connection is none: begin again.
      if (socket.connected) socket.disconnect().connect();
    });
  });
  socket.on('disconnect', (reason) => {
    store.update((state) => ({ ...state, connection: 'offline', typists: new Map(), viewers: new Map() }));
    if (reason === 'io server disconnect') socket.connect();
  });
  socket.on('connect_error', (error) => {
    const code = (error as Error & { data?: { code?: string } }).data?.code;
    const refused = code === 'unauthenticated' || code === 'forbidden';
    store.update((state) => ({ ...state, connection: refused ? 'refused' : 'offline' }));
  });

  socket.on('message:created', ({ conversationId, message, prevSeq }) =>
    receive(conversationId, (thread) => receiveCreated(thread, message, prevSeq)),
  );
  socket.on('message:delta', (delta) => receive(delta.conversationId, (thread) => receiveDelta(thread, delta)));
  socket.on('message:completed', ({ conversationId, message }) =>
    receive(conversationId, (thread) => receiveCompleted(thread, message)),
  );
  socket.on('conversation:updated', ({ conversation }) =>
    store.update((state) => withConversations(state, [conversation])),
  );
  socket.on('presence:updated', ({ presence }) => store.update((state) => ({ ...state, presence })));
  socket.on('viewers:updated', ({ conversationId, viewers }) =>
    store.update((state) => ({ ...state, viewers: withEntry(state.viewers, conversationId, viewers) })),
  );
  socket.on('typing:updated', ({ conversationId, author, typing }) => {
    if (author.kind === 'agent' && author.id === self.id) return;
    const typist = { key: `${author.kind}:${author.id ?? ''}`, kind: author.kind, name: author.name };
    const key = `${conversationId}:${typist.key}`;
    store.update((state) => withTypist(state, conversationId, typist, typing));
    clearTimeout(typingTimers.get(key));
    // The word that someone stopped may get lost.
    const stop = () => store.update((state) => withTypist(state, conversationId, typist, false));
    if (typing) typingTimers.set(key, setTimeout(stop, typingShownMs));
  });
  socket.on('resync:needed', () => {
    store.update((state) => ({ ...state, epoch: state.epoch + 1 }));
    if (openId) void sync(openId);
  });

  return {
    store,
    drafts,
    self,
    workspaceId: session.workspace.id,

    open(conversationId: string) {
      openId = conversationId;
      if (!store.get().threads.has(conversationId)) {
        const outbox = drafts.loadOutbox(conversationId);
        store.update((state) => withThread(state, conversationId, { ...emptyThread, outbox }));
      }
      if (store.get().opened.get(conversationId) !== 'ready') markOpened(conversationId, 'loading');
      if (socket.connected) void sync(conversationId);
    },
    close(conversationId: string) {
      if (openId === conversationId) openId = undefined;
      store.update((state) => ({ ...state, opened: withEntry(state.opened, conversationId, undefined) }));
      void ask(socket, 'conversation:close', { conversationId }).catch(() => undefined);
    },
    retryOpen(conversationId: string) {
      markOpened(conversationId, 'loading');
      void sync(conversationId);
    },
    send(conversationId: string, body: string, visibility: AgentMessage['visibility']) {
      const clientMessageId = randomId();
      const createdAt = new Date().toISOString();
      changeThread(conversationId, (thread) =>
        addOutgoing(thread, { clientMessageId, body, visibility, createdAt, state: 'sending' }),
      );
      void transmit(conversationId, { clientMessageId, body, visibility });
    },
    resend,
    /** Gives the text back, to be written differently. */
    takeBack(conversationId: string, clientMessageId: string) {
      changeThread(conversationId, (thread) => dropOutgoing(thread, clientMessageId));
    },
    setTyping(conversationId: string, typing: boolean) {
      void ask(socket, 'typing:set', { conversationId, typing }).catch(() => undefined);
    },
    markRead(conversationId: string, seq: number) {
      void ask(socket, 'read:set', { conversationId, seq }).catch(() => undefined);
    },
    async setPresence(status: 'online' | 'away') {
      localStorage.setItem(presenceKey, status);
      await ask(socket, 'presence:set', { status });
    },
    dispose() {
      for (const timer of typingTimers.values()) clearTimeout(timer);
      socket.disconnect();
    },
  };
}

export type Live = ReturnType<typeof createLive>;

/** Away stays away over reloads; otherwise whoever opens the console is there. */
function storedPresence(): 'online' | 'away' {
  return localStorage.getItem(presenceKey) === 'away' ? 'away' : 'online';
}
