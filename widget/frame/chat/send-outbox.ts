import type { AckError, ErrorCode } from '../../../protocol/errors.ts';
import { type ChatState, withAcknowledged, withThread } from '../store/chat.ts';
import type { Store } from '../store/create-store.ts';
import {
  isNewTarget,
  markFailed,
  markQueued,
  markSending,
  type OutboxItem,
  requeueAll,
  sendable,
} from '../store/outbox.ts';
import { applyCreated } from '../store/thread.ts';
import type { Rpc } from './rpc.ts';

/** Sending the same again would be refused again. */
const final: ReadonlySet<ErrorCode> = new Set([
  'invalid_input',
  'unprocessable',
  'payload_too_large',
  'forbidden',
  'not_found',
  'identity_required',
  'identity_invalid',
  'conflict',
  'idempotency_mismatch',
  'transition_not_allowed',
  'origin_not_allowed',
]);
const pauseMs = 2_000;

export type Sending = { flush(): void; stop(): void };

/** Sends what waits in the outbox: in order, one at a time in each conversation, again and again until it is acknowledged or refused. */
export function sendOutbox(rpc: Rpc, store: Store<ChatState>, now: () => number): Sending {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  function flush(): void {
    const { outbox, restUntil } = store.get();
    if (stopped || !rpc.socket.connected) return;
    if (restUntil !== undefined && restUntil > now()) {
      rest(restUntil - now());
      return;
    }
    for (const item of sendable(outbox)) void send(item);
  }

  function rest(forMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(flush, forMs);
  }

  async function send(item: OutboxItem): Promise<void> {
    const { clientMessageId, target, body } = item;
    const change = (mark: typeof markQueued) =>
      store.update((state) => ({ ...state, outbox: mark(state.outbox, clientMessageId) }));
    change(markSending);
    const to = isNewTarget(target) ? {} : { conversationId: target };
    const answer = await rpc.request('message:send', { ...to, clientMessageId, body });
    if (!answer.ok) return refused(item, answer.error);
    const { message, conversationId } = answer.data;
    store.update((state) => withAcknowledged({ ...state, restUntil: undefined }, message, clientMessageId));
    // the ack does not say what stood before it: where that is not plain, a sync follows
    store.update((state) =>
      withThread(state, conversationId, (thread) => applyCreated(thread, message, message.seq - 1)),
    );
    if (item.wantsHuman) await rpc.request('handoff:request', { conversationId });
    flush();
  }

  function refused(item: OutboxItem, { code, retryAfterMs }: AckError): void {
    const failed = final.has(code);
    store.update((state) => ({
      ...state,
      restUntil: code === 'rate_limited' ? now() + (retryAfterMs ?? 5_000) : state.restUntil,
      outbox: failed
        ? markFailed(state.outbox, item.clientMessageId, code)
        : markQueued(state.outbox, item.clientMessageId),
    }));
    if (failed) flush();
    else rest(code === 'rate_limited' ? (retryAfterMs ?? 5_000) : pauseMs);
  }

  const cut = () => store.update((state) => ({ ...state, outbox: requeueAll(state.outbox) }));
  rpc.socket.on('disconnect', cut);
  rpc.socket.on('connect', flush);
  return {
    flush,
    stop() {
      stopped = true;
      clearTimeout(timer);
      rpc.socket.off('disconnect', cut);
      rpc.socket.off('connect', flush);
    },
  };
}
