import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import type { Ack } from '../../protocol/errors.ts';
import type { Message, MessageDelta } from '../../protocol/message.ts';
import type {
  WidgetClientEvents,
  WidgetRequests,
  WidgetResponses,
  WidgetServerEvents,
  WidgetSession,
} from '../../protocol/widget.ts';
import { until } from './until.ts';

/** A customer's program, written from the contract alone: keeps what it receives by seq, and syncs when it misses something. */
export class WidgetClient {
  readonly messages = new Map<number, Message>();
  readonly deltas: MessageDelta[] = [];
  readonly completed: Message[] = [];
  readonly queue: { position: number; etaSeconds: number | null }[] = [];
  conversationId: string | undefined;
  readonly session: WidgetSession;
  readonly socket: Socket<WidgetServerEvents, WidgetClientEvents>;

  private constructor(url: string, session: WidgetSession) {
    this.session = session;
    this.socket = io(`${url}/widget`, {
      auth: { token: session.customerToken, protocol: 1 },
      transports: ['websocket'],
      reconnectionDelay: 50,
      reconnectionDelayMax: 250,
      forceNew: true,
    });
    this.socket.on('message:created', ({ message, prevSeq }) => {
      this.keep(message);
      if (prevSeq > 0 && !this.messages.has(prevSeq)) void this.sync().catch(() => undefined);
    });
    this.socket.on('message:delta', (delta) => this.deltas.push(delta));
    this.socket.on('message:completed', ({ message }) => {
      this.completed.push(message);
      this.keep(message);
    });
    this.socket.on('queue:updated', (place) => this.queue.push(place));
    this.socket.on('resync:needed', () => void this.sync().catch(() => undefined));
    this.socket.on('connect', () => void this.sync().catch(() => undefined));
  }

  static async open(url: string, inboxKey: string, customerToken?: string): Promise<WidgetClient> {
    const response = await fetch(`${url}/api/v1/widget/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ inboxKey, customerToken }),
    });
    if (!response.ok) throw new Error(`no session: ${response.status} ${await response.text()}`);
    return new WidgetClient(url, (await response.json()) as WidgetSession);
  }

  private keep(message: Message): void {
    if (this.conversationId === undefined || message.conversationId === this.conversationId)
      this.messages.set(message.seq, message);
  }

  request<Event extends keyof WidgetRequests>(
    event: Event,
    payload: WidgetRequests[Event],
    timeoutMs = 10_000,
  ): Promise<Ack<WidgetResponses[Event]>> {
    return this.socket.timeout(timeoutMs).emitWithAck(event, ...([payload] as never)) as Promise<
      Ack<WidgetResponses[Event]>
    >;
  }

  async data<Event extends keyof WidgetRequests>(
    event: Event,
    payload: WidgetRequests[Event],
  ): Promise<WidgetResponses[Event]> {
    const answer = await this.request(event, payload);
    if (!answer.ok) throw new Error(`${event}: ${answer.error.code} ${answer.error.message}`);
    return answer.data;
  }

  async send(body: string, clientMessageId: string = randomUUID()): Promise<WidgetResponses['message:send']> {
    const sent = await this.data('message:send', { conversationId: this.conversationId, clientMessageId, body });
    this.conversationId ??= sent.conversationId;
    this.keep(sent.message);
    return sent;
  }

  async sync(): Promise<WidgetResponses['conversation:sync'] | undefined> {
    if (this.conversationId === undefined) return undefined;
    const synced = await this.data('conversation:sync', { conversationId: this.conversationId, afterSeq: 0 });
    for (const message of synced.messages) this.keep(message);
    return synced;
  }

  /** What has been received, in the order of seq. */
  list(): Message[] {
    return [...this.messages.values()].sort((a, b) => a.seq - b.seq);
  }

  /** The next message that fits; those that came before count. */
  waitFor(what: string, fits: (message: Message) => boolean, withinMs?: number): Promise<Message> {
    return until(what, () => this.list().find(fits), withinMs);
  }

  close(): void {
    this.socket.disconnect();
  }
}
