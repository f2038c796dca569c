import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentConversation } from '../../protocol/conversation.ts';
import type { Document } from '../../protocol/knowledge.ts';
import { articles } from '../support/articles.ts';
import { expectComplete, expectTruth, type Rig, startRig } from '../support/fault-fixture.ts';
import { createRestClient } from '../support/rest-client.ts';
import { defaultReply } from '../support/scripted-openai.ts';
import { until } from '../support/until.ts';
import { WidgetClient } from '../support/widget-client.ts';

const question = articles[0]?.question ?? '';

describe('processes killed with SIGKILL', () => {
  let rig: Rig;
  const open = () => WidgetClient.open(rig.fleet.servers[0]?.url ?? '', rig.fleet.inboxKey);
  const rest = () => createRestClient(rig.fleet.servers[0]?.url ?? '');

  beforeAll(async () => {
    const slowly = { firstTokenMs: 100, intervalMs: 60 };
    rig = await startRig({ workers: 2, reply: (request) => ({ ...defaultReply(request), ...slowly }) as never });
  }, 120_000);
  afterAll(() => rig?.stop());

  it('the server, while tokens stream: the answer is there once when the customer is back', async () => {
    const client = await open();
    await client.send(question);
    await until('the first piece', () => client.deltas.length > 0);
    await rig.fleet.servers[0]?.kill();
    await rig.fleet.servers[0]?.start();
    await client.waitFor('the answer', (message) => message.author.kind === 'assistant', 30_000);
    await expectTruth(rig.fleet);
    const list = await expectComplete(client);
    expect(list.map((message) => message.author.kind)).toEqual(['customer', 'assistant']);
    client.close();
  }, 90_000);

  it('every worker, while answering: another takes the turn up and the customer gets one answer', async () => {
    const client = await open();
    await client.send(question);
    await until('the first piece', () => client.deltas.length > 0);
    await Promise.all(rig.fleet.workers.map((worker) => worker.kill()));
    await Promise.all(rig.fleet.workers.map((worker) => worker.start()));
    const answer = await client.waitFor('the answer', (message) => message.author.kind === 'assistant', 40_000);
    await expectTruth(rig.fleet);
    const list = await expectComplete(client);
    expect(list.map((message) => message.author.kind)).toEqual(['customer', 'assistant']);
    // what the dead worker had streamed stands nowhere; the answer came in pieces of its own, from the first
    const pieces = client.deltas.filter((delta) => delta.messageId === answer.id);
    expect(pieces.map((piece) => piece.index)).toEqual(pieces.map((_, index) => index));
    expect(pieces.map((piece) => piece.text).join('')).toBe(answer.body);
    client.close();
  }, 90_000);

  it('a worker, while indexing: every document is found, once', async () => {
    const documents = Array.from({ length: 60 }, (_, at) => ({
      externalId: `bulk-${at}`,
      title: `Spare part ${at}`,
      body: `The spare part number zx${at}q fits the stove of the year ${1960 + at}.\n\n`.repeat(8),
    }));
    await rest().post('/documents/batch', { documents });
    await until('some are being indexed', async () => {
      const { rows } = await rig.fleet.db.query(`select 1 from documents where index_state = 'running'`);
      return rows.length > 0;
    });
    await Promise.all(rig.fleet.workers.map((worker) => worker.kill()));
    await Promise.all(rig.fleet.workers.map((worker) => worker.start()));
    await expectTruth(rig.fleet, 60_000);
    const { body } = await rest().get<{ data: Document[] }>('/documents?limit=100');
    expect(body.data.filter((document) => document.index.state !== 'done')).toEqual([]);
    const doubles = await rig.fleet.db.query(
      'select document_id, position from chunks group by workspace_id, document_id, version, position having count(*) > 1',
    );
    expect(doubles.rows).toEqual([]);
    const found = await rest().post<{ results: { externalId: string }[] }>('/search', { query: 'zx37q' });
    expect(found.body.results[0]?.externalId).toBe('bulk-37');
  }, 120_000);

  it('a worker, while assigning: everyone in line is assigned to one agent or keeps their place', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, open));
    for (const client of clients) {
      await client.send('hello');
      await client.data('handoff:request', { conversationId: client.conversationId ?? '' });
    }
    const { body } = await rest().get<{ data: { id: string }[] }>('/agents');
    // an agent who is there, as a socket that stays open would keep them
    await rig.fleet.db.query(
      `update agents set presence = 'online', present_until = now() + interval '2 minutes' where id = $1`,
      [body.data[0]?.id],
    );
    await until('the first is assigned', async () => {
      const { rows } = await rig.fleet.db.query(`select 1 from conversations where state = 'agent'`);
      return rows.length > 0;
    });
    await Promise.all(rig.fleet.workers.map((worker) => worker.kill()));
    await Promise.all(rig.fleet.workers.map((worker) => worker.start()));
    const held = await until('as many as the agent takes are assigned', async () => {
      const page = await rest().get<{ data: AgentConversation[] }>('/conversations?state=agent');
      return page.body.data.length >= 5 ? page.body.data : undefined;
    });
    expect(held).toHaveLength(5);
    await expectTruth(rig.fleet);
    const { body: line } = await rest().get<{ data: AgentConversation[] }>('/conversations?state=waiting');
    expect(line.data.map((conversation) => conversation.queue?.position).sort()).toEqual([1, 2, 3]);
    for (const client of clients) client.close();
  }, 90_000);
});
