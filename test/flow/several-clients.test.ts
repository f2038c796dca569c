import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentPresence, Viewer } from '../../protocol/agent.ts';
import type { AgentConversation, CustomerConversation } from '../../protocol/conversation.ts';
import { AgentClient } from '../support/agent-client.ts';
import { createRestClient } from '../support/rest-client.ts';
import { startParley, type TestParley } from '../support/start-parley.ts';
import { until } from '../support/until.ts';
import { WidgetClient } from '../support/widget-client.ts';

describe('several tabs and several agents', () => {
  let parley: TestParley;
  let secondKey: string;
  const closing: { close(): void }[] = [];
  const track = <Client extends { close(): void }>(client: Client) => {
    closing.push(client);
    return client;
  };
  const open = async (token?: string) => track(await WidgetClient.open(parley.url, parley.inboxKey, token));

  beforeAll(async () => {
    parley = await startParley({ AGENT_GRACE_SECONDS: '1' });
    const { body } = await createRestClient(parley.url).get<{ data: { id: string; email: string }[] }>('/agents');
    const second = body.data.find((agent) => agent.email.startsWith('mara'));
    secondKey = `pk_test_second_${randomUUID()}`;
    // a key that acts as another agent than the owner
    const { hashCredential } = await import('../../server/staff/credentials.ts');
    await parley.deps.db.query(
      `insert into api_keys (workspace_id, id, agent_id, name, role, key_hash, prefix) values ($1, $2, $3, 'test', 'agent', $4, 'pk_test')`,
      [parley.workspaceId, randomUUID(), second?.id, hashCredential(secondKey)],
    );
  });
  afterAll(async () => {
    for (const client of closing) client.close();
    await parley?.stop();
  });

  it('two tabs of one customer hold the same messages, whichever of them wrote', async () => {
    const one = await open();
    const two = await open(one.session.customerToken);
    expect(two.session.customer.id).toBe(one.session.customer.id);
    await one.send('Hello from the first tab');
    two.conversationId = one.conversationId;
    const { message } = await two.send('And from the second');
    const isReply = (seq: number) => seq > message.seq;
    await until('both have the reply', () => [one, two].every((tab) => tab.list().some((each) => isReply(each.seq))));
    await Promise.all([one.sync(), two.sync()]);
    expect(one.list().map((message) => message.id)).toEqual(two.list().map((message) => message.id));
  });

  it('two agents see what the other does as it happens, and who else is looking', async () => {
    const customer = await open();
    await customer.send('I want to talk to a human');
    const conversationId = customer.conversationId ?? '';
    await until('it waits', async () => (await customer.sync())?.conversation.state === 'waiting', 15_000, 250);
    const owner = track(new AgentClient(parley.url));
    const mara = track(new AgentClient(parley.url, secondKey));
    const updates: AgentConversation[] = [];
    let viewers: Viewer[] = [];
    owner.socket.on('conversation:updated', ({ conversation }) => updates.push(conversation));
    owner.socket.on('viewers:updated', (event) => {
      viewers = event.viewers;
    });
    await owner.data('conversation:open', { conversationId });
    await mara.data('conversation:open', { conversationId });
    await until('both are shown as viewers', () => viewers.length === 2);
    await mara.data('conversation:claim', { conversationId });
    const seen = await until('the owner sees the claim', () =>
      updates.find((each) => each.id === conversationId && each.state === 'agent'),
    );
    expect(seen.assignee?.name).toMatch(/Mara/);
    await mara.data('typing:set', { conversationId, typing: true });
    await mara.data('message:send', {
      conversationId,
      clientMessageId: randomUUID(),
      body: 'Hello, Mara here.',
      visibility: 'public',
    });
    await customer.waitFor('the reply', (message) => message.body === 'Hello, Mara here.');
    // whoever keeps another socket open is still there
    mara.close();
  });

  it('an agent who is gone for longer than the grace time gives back what they hold, and the customer is told', async () => {
    const customer = await open();
    const mara = new AgentClient(parley.url, secondKey);
    let presence: AgentPresence[] = [];
    const owner = track(new AgentClient(parley.url));
    owner.socket.on('presence:updated', (event) => {
      presence = event.presence;
    });
    await owner.data('inbox:subscribe', {});
    await mara.data('presence:set', { status: 'online' });
    await customer.send('Can I speak to a real person?');
    const conversationId = customer.conversationId ?? '';
    const stateOf = async (): Promise<CustomerConversation | undefined> => (await customer.sync())?.conversation;
    await until('Mara holds it', async () => (await stateOf())?.assignee?.name.startsWith('Mara'), 15_000, 250);
    mara.close();
    const back = await until(
      'it is back in line',
      async () => {
        const conversation = await stateOf();
        return conversation?.state === 'waiting' ? conversation : undefined;
      },
      15_000,
      250,
    );
    expect(back.queue?.position).toBeGreaterThan(0);
    await customer.waitFor(
      'being told',
      (message) => message.author.kind === 'system' && message.body.includes('had to leave'),
    );
    await until('Mara is shown offline', () =>
      presence.some((agent) => agent.name.startsWith('Mara') && agent.status === 'offline'),
    );
    const { body } = await createRestClient(parley.url).get<{ conversation: AgentConversation }>(
      `/conversations/${conversationId}`,
    );
    expect(body.conversation.handoff?.reason).toBe('agent_offline');
  });

  it('a transition that is not possible answers with the state it is in', async () => {
    const customer = await open();
    await customer.send('Hello');
    const rest = createRestClient(parley.url);
    const refused = await rest.post<{ code: string; state: string }>(
      `/conversations/${customer.conversationId}/snooze`,
      {
        until: new Date(Date.now() + 60_000).toISOString(),
      },
    );
    expect(refused).toMatchObject({ status: 409, body: { code: 'transition_not_allowed', state: 'assistant' } });
  });

  it('a snoozed conversation wakes when the customer writes', async () => {
    const customer = await open();
    await customer.send('Hello');
    const rest = createRestClient(parley.url);
    const path = `/conversations/${customer.conversationId}`;
    await rest.post(`${path}/claim`);
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const snoozed = await rest.post<{ conversation: AgentConversation }>(`${path}/snooze`, { until: later });
    expect(snoozed.body.conversation).toMatchObject({ state: 'snoozed', snoozedUntil: later });
    await customer.send('Are you still there?');
    const { body } = await rest.get<{ conversation: AgentConversation }>(path);
    expect(body.conversation.state).toBe('agent');
  });
});
