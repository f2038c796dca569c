import type { Ack } from '../../../protocol/errors.ts';
import type { CitationPassage } from '../../../protocol/widget.ts';
import type { KeyValue } from '../storage.ts';
import { blankTarget, type ChatState, initialChat, withSession, withThread } from '../store/chat.ts';
import { createStore, type Store } from '../store/create-store.ts';
import { dropItem, isNewTarget, markQueued, newTarget, nextTime, putItem } from '../store/outbox.ts';
import { loadOutbox, mergeStored, saveOutbox } from '../store/outbox-storage.ts';
import { applyConversation } from '../store/thread.ts';
import { clientMessageId } from './client-message-id.ts';
import { forgetCustomer, readDraft, readToken, writeDraft, writeToken } from './customer-token.ts';
import { keepSynced } from './keep-synced.ts';
import { listen } from './listen.ts';
import { openSession, type SessionRefusal } from './open-session.ts';
import { createRpc, refusalCode } from './rpc.ts';
import { sendOutbox } from './send-outbox.ts';
import { tellTyping } from './tell-typing.ts';

export type Chat = {
  store: Store<ChatState>;
  /** Opens the session, again after a failure, or as whom the token says. */
  open(userJwt?: string): Promise<void>;
  send(target: string, body: string, wantsHuman?: boolean): void;
  retry(clientMessageId: string): void;
  /** Takes an unsent message back; its text. */
  discard(clientMessageId: string): string;
  askForHuman(conversationId: string): Promise<boolean>;
  rate(conversationId: string, score: number, comment?: string): Promise<boolean>;
  feedback(messageId: string, helpful: boolean): void;
  setContact(conversationId: string, email: string): Promise<boolean>;
  openPassage(messageId: string, n: number): Promise<Ack<CitationPassage>>;
  show(target: string): void;
  goHome(): void;
  read(conversationId: string, seq: number): void;
  typing(conversationId: string, typing: boolean): void;
  /** Puts this into the composer of a new conversation. */
  compose(text: string): void;
  /** The composer is to take the focus, and to look at its draft again. */
  attend(): void;
  draft: { read(target: string): string; write(target: string, text: string): void };
  forget(): void;
  stop(): void;
};

export type ChatOptions = { inboxKey: string; storage: KeyValue; now(): number; onError(code: string): void };

/** A refused session is asked for again by itself after these, when waiting may help. */
const reopenMs = [2_000, 5_000, 15_000, 30_000];

/** One customer's chat: what is known, and everything that can be done about it. Knows nothing of the screen. */
export function createChat({ inboxKey, storage, now, onError }: ChatOptions): Chat {
  const store = createStore<ChatState>({ ...initialChat, outbox: loadOutbox(storage) });
  let token = readToken(storage) ?? '';
  let userJwt: string | undefined;
  let opening = 0;
  let failures = 0;
  let reopen: ReturnType<typeof setTimeout> | undefined;

  const rpc = createRpc(() => token);
  const syncing = keepSynced(rpc, store);
  const sending = sendOutbox(rpc, store, now);
  const typist = tellTyping(rpc, now);
  const update = store.update;
  const unlisten = listen(rpc, store, now, () => {
    syncing.syncOpen();
    sending.flush();
  });

  const unsubscribe = store.subscribe((state, before) => {
    if (state.outbox !== before.outbox) saveOutbox(storage, before.outbox, state.outbox);
  });
  const unwatch = storage.onChange(() => {
    update((state) => ({ ...state, outbox: mergeStored(state.outbox, storage) }));
    sending.flush();
  });

  rpc.socket.on('connect', () => {
    failures = 0;
  });
  rpc.socket.on('connect_error', (error) => {
    const code = refusalCode(error);
    if (code === undefined) return;
    // the token is no longer good: a new session gives another
    if (code === 'unauthenticated') token = '';
    onError(code);
    openLater(failures === 0 ? 0 : waitMs());
  });

  const waitMs = () => reopenMs[Math.min(failures, reopenMs.length - 1)] ?? 0;
  function openLater(afterMs: number): void {
    failures += 1;
    clearTimeout(reopen);
    reopen = setTimeout(() => void open(), afterMs);
  }

  async function open(jwt?: string): Promise<void> {
    if (jwt !== undefined) userJwt = jwt;
    opening += 1;
    const mine = opening;
    clearTimeout(reopen);
    update((state) => (state.phase === 'ready' ? state : { ...state, phase: 'opening' }));
    const answer = await openSession({ inboxKey, customerToken: token || undefined, userJwt });
    if (mine !== opening) return;
    if (!answer.ok) return refused(answer.refusal);
    const changed = token !== answer.session.customerToken;
    token = answer.session.customerToken;
    writeToken(storage, token);
    update((state) => withSession(state, answer.session));
    if (changed) rpc.socket.disconnect();
    rpc.socket.connect();
  }

  function refused({ code, retryAfterMs }: SessionRefusal): void {
    const passing = code === 'offline' || code === 'unavailable' || code === 'rate_limited' || code === 'internal';
    const afterMs = retryAfterMs ?? waitMs();
    const trouble = passing ? { code, retryAt: now() + afterMs } : { code };
    update((state) => ({ ...state, phase: state.session ? 'ready' : 'failed', trouble }));
    if (passing) openLater(afterMs);
    else onError(code);
  }

  const apply = (conversationId: string, answer: Ack<{ conversation: Parameters<typeof applyConversation>[1] }>) => {
    if (answer.ok)
      update((state) =>
        withThread(state, conversationId, (thread) => applyConversation(thread, answer.data.conversation)),
      );
    return answer.ok;
  };

  return {
    store,
    open,
    send(target, body, wantsHuman = false) {
      const id = clientMessageId();
      const to = target === blankTarget ? newTarget(id) : target;
      const item = { clientMessageId: id, target: to, body, wantsHuman, state: 'queued' as const };
      update((state) => ({
        ...state,
        outbox: putItem(state.outbox, { ...item, at: nextTime(state.outbox, now()) }),
        view: { screen: 'conversation', target: to },
      }));
      if (!isNewTarget(to)) typist.set(to, false);
      sending.flush();
    },
    retry(id) {
      update((state) => {
        const item = state.outbox.find((known) => known.clientMessageId === id);
        if (!item) return state;
        const outbox = markQueued(state.outbox, id);
        return {
          ...state,
          outbox: putItem(outbox, { ...item, state: 'queued', problem: undefined, at: nextTime(outbox, now()) }),
        };
      });
      sending.flush();
    },
    discard(id) {
      const body = store.get().outbox.find((item) => item.clientMessageId === id)?.body ?? '';
      update((state) => ({ ...state, outbox: dropItem(state.outbox, id) }));
      return body;
    },
    askForHuman: async (conversationId) =>
      apply(conversationId, await rpc.request('handoff:request', { conversationId })),
    async rate(conversationId, score, comment) {
      const answer = await rpc.request('rating:submit', { conversationId, score, comment });
      if (answer.ok) {
        update((state) =>
          withThread(state, conversationId, (thread) => ({
            ...thread,
            conversation: { ...thread.conversation, rating: { score, comment } },
          })),
        );
      }
      return answer.ok;
    },
    feedback(messageId, helpful) {
      update((state) => ({ ...state, helpful: new Map(state.helpful).set(messageId, helpful) }));
      void rpc.request('message:feedback', { messageId, helpful });
    },
    setContact: async (conversationId, email) =>
      apply(conversationId, await rpc.request('contact:set', { conversationId, email })),
    openPassage: (messageId, n) => rpc.request('citation:open', { messageId, n }),
    show(target) {
      update((state) => ({ ...state, view: { screen: 'conversation', target }, passage: undefined }));
      if (store.get().threads.has(target)) syncing.sync(target);
    },
    goHome: () => update((state) => ({ ...state, view: { screen: 'home' }, passage: undefined })),
    read(conversationId, seq) {
      const thread = store.get().threads.get(conversationId);
      if (!thread || thread.conversation.readSeq >= seq) return;
      update((state) =>
        withThread(state, conversationId, (known) => ({
          ...known,
          conversation: { ...known.conversation, readSeq: seq },
        })),
      );
      void rpc.request('read:set', { conversationId, seq });
    },
    compose(text) {
      if (text !== '') writeDraft(storage, blankTarget, text);
      update((state) => ({
        ...state,
        view: { screen: 'conversation', target: blankTarget },
        passage: undefined,
        attention: state.attention + 1,
      }));
    },
    attend: () => update((state) => ({ ...state, attention: state.attention + 1 })),
    typing: (conversationId, typing) => typist.set(conversationId, typing),
    draft: { read: (target) => readDraft(storage, target), write: (target, text) => writeDraft(storage, target, text) },
    forget() {
      forgetCustomer(storage);
      token = '';
    },
    stop() {
      clearTimeout(reopen);
      opening += 1;
      unsubscribe();
      unwatch();
      unlisten();
      typist.stop();
      sending.stop();
      syncing.stop();
      rpc.socket.disconnect();
    },
  };
}
