import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentClientEvents, AgentRequests, AgentResponses, AgentServerEvents } from '../../protocol/agent.ts';
import type { Turn } from '../../protocol/answer.ts';
import type { AgentConversation } from '../../protocol/conversation.ts';
import type { Ack } from '../../protocol/errors.ts';
import type { Document } from '../../protocol/knowledge.ts';
import type { Message } from '../../protocol/message.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';
import { apiKey, startParley, type TestParley } from '../support/start-parley.ts';
import { until } from '../support/until.ts';
import { WidgetClient } from '../support/widget-client.ts';

const returns = {
  externalId: 'returns',
  title: 'Return an item',
  url: 'https://shop.example/help/returns',
  body: `# Return an item

You can return anything you bought within 60 days of delivery, as long as it is unused and has its tags.

## How to send it back

1. Open your order and choose the items.
2. Print the label.
3. Bring the parcel to any post office.

## When you get your money

We refund you within five working days of the parcel reaching our warehouse.`,
};

describe('from a question to a person', () => {
  let parley: TestParley;
  let rest: RestClient;
  let customer: WidgetClient;
  let agent: Socket<AgentServerEvents, AgentClientEvents>;
  const agentSaw: Message[] = [];

  const ask = async <Event extends keyof AgentRequests>(event: Event, payload: AgentRequests[Event]) => {
    const answer = (await agent.timeout(10_000).emitWithAck(event, ...([payload] as never))) as Ack<
      AgentResponses[Event]
    >;
    if (!answer.ok) throw new Error(`${event}: ${answer.error.message}`);
    return answer.data;
  };

  beforeAll(async () => {
    parley = await startParley();
    rest = createRestClient(parley.url);
    agent = io(`${parley.url}/agent`, { auth: { apiKey }, transports: ['websocket'], forceNew: true });
    agent.on('message:created', ({ message }) => agentSaw.push(message));
    customer = await WidgetClient.open(parley.url, parley.inboxKey);
  }, 60_000);

  afterAll(async () => {
    customer?.close();
    agent?.disconnect();
    await parley?.stop();
  });

  it('an admin adds an article, and it is found', async () => {
    const made = await rest.post<Document>('/documents', returns);
    expect(made.status).toBe(201);
    await until('the article is indexed', async () => {
      const { body } = await rest.get<Document>(`/documents/${made.body.id}`);
      return body.index.state === 'done';
    });
  });

  it('the customer asks, and the assistant answers from the article with its source, piece by piece', async () => {
    const { message, duplicate } = await customer.send('How many days do I have to return something?');
    expect(message).toMatchObject({ seq: 1, author: { kind: 'customer' } });
    expect(duplicate).toBe(false);
    const reply = await customer.waitFor('the answer', (each) => each.author.kind === 'assistant');
    expect(reply.body).toContain('60 days');
    expect(reply.citations[0]).toMatchObject({ n: 1, title: 'Return an item' });
    expect(returns.body).toContain(reply.citations[0]?.quote.split('\n')[0]);
    const pieces = customer.deltas.filter((delta) => delta.messageId === reply.id);
    expect(pieces.map((piece) => piece.index)).toEqual(pieces.map((_, index) => index));
    expect(pieces.map((piece) => piece.text).join('')).toBe(reply.body);
    expect(customer.completed.map((each) => each.id)).toContain(reply.id);
  });

  it('the citation opens at its passage', async () => {
    const reply = customer.list().find((each) => each.author.kind === 'assistant');
    const passage = await customer.data('citation:open', { messageId: reply?.id ?? '', n: 1 });
    expect(passage.title).toBe('Return an item');
    expect(passage.text).toContain('60 days');
  });

  it('the turn can be explained', async () => {
    const { body } = await rest.get<{ data: Turn[] }>(`/conversations/${customer.conversationId}/turns`);
    const [turn] = body.data;
    expect(turn).toMatchObject({ throughSeq: 1, state: 'done', outcome: 'answered' });
    expect(turn?.trace?.candidates.length).toBeGreaterThan(0);
    expect(turn?.trace?.decision.kind).toBe('answer');
  });

  it('the same message sent again is the same message', async () => {
    const clientMessageId = randomUUID();
    const first = await customer.send('Thanks', clientMessageId);
    const again = await customer.send('Thanks', clientMessageId);
    expect(again).toMatchObject({ duplicate: true, message: { id: first.message.id, seq: first.message.seq } });
  });

  it('the customer asks for a person and is given a place in line', async () => {
    await customer.waitFor('the assistant is done', (each) => each.author.kind === 'assistant' && each.seq > 3);
    const { conversation } = await customer.data('handoff:request', { conversationId: customer.conversationId ?? '' });
    expect(conversation.state).toBe('waiting');
    expect(conversation.queue?.position).toBe(1);
    await until('the queue event', () => customer.queue.length > 0);
  });

  it('an agent who comes online is given the conversation, with its story', async () => {
    await ask('presence:set', { status: 'online' });
    const held = await until('the assignment', async () => {
      const { body } = await rest.get<{ data: AgentConversation[] }>('/conversations?state=agent&assignee=me');
      return body.data[0];
    });
    expect(held.handoff?.reason).toBe('customer_asked');
    expect(held.handoff?.brief.asked).toContain('How many days');
    const opened = await ask('conversation:open', { conversationId: held.id });
    expect(opened.messages.map((message) => message.seq)).toEqual(opened.messages.map((_, index) => index + 1));
    await customer.waitFor('that someone joined', (each) => each.author.kind === 'system' && /joined/.test(each.body));
  });

  it('a note stays among agents, and the reply reaches the customer without a gap', async () => {
    const conversationId = customer.conversationId ?? '';
    await ask('message:send', {
      conversationId,
      clientMessageId: randomUUID(),
      body: 'Regular customer, be generous.',
      visibility: 'note',
    });
    const reply = await rest.post<{ message: Message; duplicate: boolean }>(
      `/conversations/${conversationId}/messages`,
      {
        clientMessageId: randomUUID(),
        body: 'Happy to help. Which item is it?',
      },
    );
    expect(reply.status).toBe(201);
    await customer.waitFor('the reply', (each) => each.body.includes('Which item'));
    const synced = await customer.sync();
    expect(JSON.stringify(synced)).not.toContain('generous');
    expect(customer.list().some((each) => each.visibility === 'note')).toBe(false);
    expect(agentSaw.some((each) => each.visibility === 'note')).toBe(true);
  });

  it('the assistant is silent while the agent holds the conversation', async () => {
    const { message } = await customer.send('It is the blue jacket. How long do refunds take?');
    const { body } = await rest.get<{ data: Turn[] }>(`/conversations/${customer.conversationId}/turns`);
    expect(body.data.some((turn) => turn.throughSeq === message.seq)).toBe(false);
  });

  it('the agent resolves it, the customer rates it, and writing again opens it again', async () => {
    const conversationId = customer.conversationId ?? '';
    const { conversation } = await ask('conversation:resolve', { conversationId });
    expect(conversation.state).toBe('resolved');
    await customer.data('rating:submit', { conversationId, score: 5, comment: 'Quick' });
    const rated = await customer.sync();
    expect(rated?.conversation.rating).toEqual({ score: 5, comment: 'Quick' });
    const sent = await customer.send('How soon do you refund me once the parcel reaches your warehouse?');
    const reply = await customer.waitFor(
      'the assistant again',
      (each) => each.author.kind === 'assistant' && each.seq > sent.message.seq,
    );
    expect(reply.body).toContain('five working days');
    expect(reply.citations.length).toBeGreaterThan(0);
  });

  it('both sides hold the same messages, each once, in order', async () => {
    const { body } = await rest.get<{ data: Message[] }>(`/conversations/${customer.conversationId}/messages`);
    expect(body.data.map((message) => message.seq)).toEqual(body.data.map((_, index) => index + 1));
    await customer.sync();
    const visible = body.data.filter((message) => message.visibility === 'public').map((message) => message.id);
    expect(customer.list().map((message) => message.id)).toEqual(visible);
  });

  it('another customer finds nothing of it', async () => {
    const stranger = await WidgetClient.open(parley.url, parley.inboxKey);
    const conversationId = customer.conversationId ?? '';
    const theirs = await stranger.request('conversation:sync', { conversationId, afterSeq: 0 });
    const nobodys = await stranger.request('conversation:sync', { conversationId: randomUUID(), afterSeq: 0 });
    expect(theirs).toEqual(nobodys);
    expect(theirs).toMatchObject({ ok: false, error: { code: 'not_found' } });
    stranger.close();
  });
});
