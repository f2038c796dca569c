import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CustomerConversation } from '../../../protocol/conversation.ts';
import type { Author, Message, MessageDelta, StreamSnapshot } from '../../../protocol/message.ts';
import { timelineOf } from '../ui/timeline.ts';
import { type ChatState, initialChat, withAcknowledged, withThread } from './chat.ts';
import { isNewTarget, markSending, newTarget, nextTime, putItem, requeueAll, sendable } from './outbox.ts';
import { applyDelta, type Stream } from './stream.ts';
import { applyCompleted, applyConversation, applyCreated, applySync, createThread, syncFrom } from './thread.ts';

const conversationId = uuid7(1, 1);

/** Ids as the server makes them: the time first, then something that makes them unique. */
function uuid7(time: number, unique: number): string {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${unique.toString(16).padStart(12, '0')}`;
}

type Event = (state: ChatState) => ChatState;

/** The server's side, and a network between the two that keeps, delays, doubles and loses. */
function createWorld() {
  let clock = 1_000;
  let unique = 0;
  let seq = 0;
  const visible: Message[] = [];
  let streaming: { id: string; text: string; sent: MessageDelta[] } | undefined;
  let state: ChatState = initialChat;
  let pending: Event[] = [];

  const conversation = (): CustomerConversation => ({
    id: conversationId,
    state: 'assistant',
    lastSeq: visible.at(-1)?.seq ?? 0,
    readSeq: 0,
    createdAt: new Date(0).toISOString(),
    updatedAt: new Date(clock).toISOString(),
  });
  const onThread =
    (change: Parameters<typeof withThread>[2]): Event =>
    (now) =>
      withThread(now, conversationId, change);

  function commit(
    author: Author['kind'],
    body: string,
    id = uuid7(clock, ++unique),
    clientMessageId?: string,
  ): Message {
    clock += 1;
    seq += 1;
    const prevSeq = visible.at(-1)?.seq ?? 0;
    const message: Message = {
      id,
      conversationId,
      seq,
      author: { kind: author },
      body,
      visibility: 'public',
      status: 'complete',
      citations: [],
      clientMessageId,
      createdAt: new Date(clock).toISOString(),
    };
    visible.push(message);
    const told = conversation();
    pending.push(onThread((thread) => applyCreated(thread, message, prevSeq)));
    pending.push(onThread((thread) => applyConversation(thread, told)));
    return message;
  }

  function receive(clientMessageId: string, body: string): Message {
    const stored = visible.find((message) => message.clientMessageId === clientMessageId);
    if (stored) return stored;
    // whatever the assistant was writing is overtaken
    streaming = undefined;
    return commit('customer', body, undefined, clientMessageId);
  }

  function sync(): Event {
    const thread = state.threads.get(conversationId);
    if (!thread) return (now) => now;
    const afterSeq = syncFrom(thread);
    const asked: Stream | undefined = thread.stream;
    const messages = visible.filter((message) => message.seq > afterSeq).slice(0, 3);
    const last = streaming?.sent.at(-1);
    const snapshot: StreamSnapshot | undefined =
      streaming && last ? { messageId: streaming.id, index: last.index, text: streaming.text } : undefined;
    const result = { conversation: conversation(), messages, streaming: snapshot };
    return onThread((known) => applySync(known, result, asked));
  }

  /** Sends what the outbox lets go, or loses the first of it; the acks join the other events. */
  function flush(lose: boolean): void {
    for (const [at, { clientMessageId, body }] of sendable(state.outbox).entries()) {
      state = { ...state, outbox: markSending(state.outbox, clientMessageId) };
      if (lose && at === 0) continue;
      const message = receive(clientMessageId, body);
      pending.push((now) => withAcknowledged(now, message, clientMessageId));
    }
  }

  return {
    write(body: string) {
      const id = `c${++unique}`;
      // who has begun a conversation goes on writing in that one: it gets its id with its first message
      const begun = state.outbox.find((item) => isNewTarget(item.target))?.target;
      const target = begun ?? (visible.length > 0 || state.threads.size > 0 ? conversationId : newTarget(id));
      const at = nextTime(state.outbox, clock);
      state = {
        ...state,
        outbox: putItem(state.outbox, { clientMessageId: id, target, body, at, wantsHuman: false, state: 'queued' }),
      };
      return id;
    },
    flush,
    agent: (body: string) => void commit('agent', body),
    note() {
      seq += 1;
      clock += 1;
    },
    startStream() {
      clock += 1;
      streaming = { id: uuid7(clock, ++unique), text: '', sent: [] };
    },
    delta(text: string) {
      if (!streaming) return;
      const delta = { conversationId, messageId: streaming.id, index: streaming.sent.length, text };
      streaming.sent.push(delta);
      streaming.text += text;
      pending.push(onThread((thread) => applyDelta(thread, delta)));
    },
    finishStream() {
      if (!streaming) return;
      const { id, text } = streaming;
      streaming = undefined;
      const message = commit('assistant', text || 'nothing', id);
      pending.push(onThread((thread) => applyCompleted(thread, message)));
    },
    sync: () => void pending.push(sync()),
    deliver(pick: number, twice: boolean) {
      const at = pick % Math.max(1, pending.length);
      const event = pending[at];
      if (!event) return;
      if (!twice) pending.splice(at, 1);
      state = event(state);
    },
    lose: (pick: number) => void pending.splice(pick % Math.max(1, pending.length), 1),
    cut() {
      pending = [];
      state = { ...state, outbox: requeueAll(state.outbox) };
    },
    /** A quiet network: everything is sent, acknowledged and synced. */
    settle() {
      this.cut();
      if (visible.length > 0)
        state = withThread(state, conversationId, (thread) =>
          thread.conversation.updatedAt ? thread : createThread(conversation()),
        );
      for (let round = 0; round < 200; round += 1) {
        flush(false);
        pending.push(sync());
        while (pending.length > 0) this.deliver(0, false);
        const thread = state.threads.get(conversationId);
        if (state.outbox.length === 0 && !thread?.stale && thread?.throughSeq === (visible.at(-1)?.seq ?? 0)) return;
      }
    },
    visible: () => visible,
    state: () => state,
  };
}

type Step = { kind: string; pick: number; flag: boolean };
const kinds = [
  'write',
  'flush',
  'flush',
  'agent',
  'note',
  'startStream',
  'delta',
  'delta',
  'finishStream',
  'sync',
  'lose',
  'cut',
].concat(Array<string>(8).fill('deliver'));
const step: fc.Arbitrary<Step> = fc.record({ kind: fc.constantFrom(...kinds), pick: fc.nat(50), flag: fc.boolean() });

function run(world: ReturnType<typeof createWorld>, { kind, pick, flag }: Step, at: number): void {
  if (kind === 'write') world.write(`written ${at}`);
  if (kind === 'flush') world.flush(flag);
  if (kind === 'agent') world.agent(`agent ${at}`);
  if (kind === 'note') world.note();
  if (kind === 'startStream') world.startStream();
  if (kind === 'delta') world.delta(`piece ${at} `);
  if (kind === 'finishStream') world.finishStream();
  if (kind === 'sync') world.sync();
  if (kind === 'lose') world.lose(pick);
  if (kind === 'cut') world.cut();
  if (kind === 'deliver') world.deliver(pick, flag);
}

const shown = (state: ChatState) => timelineOf(state, conversationId, new Date(0).toISOString());

test('whatever is lost, doubled, late or out of order: what is shown is always a beginning of the truth, and in the end all of it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const world = createWorld();
      steps.forEach((one, at) => {
        run(world, one, at);
        const held = world.state().threads.get(conversationId)?.messages ?? [];
        expect(held.map(({ id }) => id)).toEqual(
          world
            .visible()
            .slice(0, held.length)
            .map(({ id }) => id),
        );
        const keys = shown(world.state()).map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
      });
      world.settle();
      const rows = shown(world.state()).filter(({ stream }) => !stream);
      expect(rows.map(({ body }) => body)).toEqual(world.visible().map(({ body }) => body));
      expect(world.state().outbox).toEqual([]);
      const written = world.visible().filter(({ author }) => author.kind === 'customer');
      expect(new Set(written.map(({ clientMessageId }) => clientMessageId)).size).toBe(written.length);
    }),
    { numRuns: 400 },
  );
});

test('what the customer writes arrives in the order it was written', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const world = createWorld();
      const written: string[] = [];
      steps.forEach((one, at) => {
        if (one.kind === 'write') written.push(`written ${at}`);
        run(world, one, at);
      });
      world.settle();
      const stored = world
        .visible()
        .filter(({ author }) => author.kind === 'customer')
        .map(({ body }) => body);
      expect(stored).toEqual(written);
    }),
    { numRuns: 200 },
  );
});

test('a stream that is followed to its end never shows anything but a beginning of it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (order, count) => {
      const world = createWorld();
      world.write('question');
      world.flush(false);
      world.settle();
      world.startStream();
      const pieces = Array.from({ length: count }, (_, at) => `${at},`);
      for (const piece of pieces) world.delta(piece);
      const whole = pieces.join('');
      for (const pick of order) {
        if (pick % 7 === 0) world.sync();
        world.deliver(pick, pick % 3 === 0);
        const text = world.state().threads.get(conversationId)?.stream?.text ?? '';
        expect(whole.startsWith(text)).toBe(true);
      }
      world.finishStream();
      world.settle();
      expect(shown(world.state()).at(-1)?.body).toBe(whole);
      expect(world.state().threads.get(conversationId)?.stream).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});
