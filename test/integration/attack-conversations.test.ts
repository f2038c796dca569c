import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentConversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { Decision } from '../../server/answering/decision.ts';
import { CitationGone, postReply } from '../../server/conversations/post-reply.ts';
import { claimTurn } from '../../server/conversations/turn-queries.ts';
import { returnAbandoned } from '../../server/handoff/return-abandoned.ts';
import { newId } from '../../server/ids.ts';
import { hashCredential } from '../../server/staff/credentials.ts';
import { AgentClient } from '../support/agent-client.ts';
import { createRestClient } from '../support/rest-client.ts';
import { startParley, type TestParley } from '../support/start-parley.ts';
import { until } from '../support/until.ts';
import { WidgetClient } from '../support/widget-client.ts';

let parley: TestParley;
const closing: { close(): void }[] = [];
const track = <Client extends { close(): void }>(client: Client) => {
  closing.push(client);
  return client;
};
const customer = async () => track(await WidgetClient.open(parley.url, parley.inboxKey));
const stateOf = async (client: WidgetClient) => (await client.sync())?.conversation.state;

/** A key that acts as the demo's agent of this first name. */
async function keyOf(name: string): Promise<{ key: string; agentId: string }> {
  const key = `pk_test_${name}_${randomUUID()}`;
  const found = await parley.deps.db.query<{ id: string }>('select id from agents where name like $1', [`${name}%`]);
  const agentId = found.rows[0]?.id ?? '';
  await parley.deps.db.query(
    `insert into api_keys (workspace_id, id, agent_id, name, role, key_hash, prefix) values ($1, $2, $3, 'test', 'agent', $4, 'pk_test')`,
    [parley.workspaceId, randomUUID(), agentId, hashCredential(key)],
  );
  return { key, agentId };
}

beforeAll(async () => {
  parley = await startParley({ AGENT_GRACE_SECONDS: '1' });
});
afterAll(async () => {
  for (const client of closing) client.close();
  await parley?.stop();
});

describe('hostile customers and gone agents', () => {
  it('hands a customer over whose long message would be cut inside an emoji', async () => {
    const asking = await customer();
    // the brief keeps the last 600 of these 1,999 code units, which begins with half a smile
    await asking.send(`${'😀'.repeat(999)}.`);
    const { conversation } = await asking.data('handoff:request', { conversationId: asking.conversationId ?? '' });
    expect(conversation.state).toBe('waiting');
  });

  it('a customer’s clientMessageId never finds what an agent wrote, and loses nothing', async () => {
    const asking = await customer();
    await asking.send('I want to talk to a human');
    const conversationId = asking.conversationId ?? '';
    const rest = createRestClient(parley.url);
    const note = { clientMessageId: 'note-1', body: 'Do not give a refund to this one', visibility: 'note' };
    expect((await rest.post(`/conversations/${conversationId}/messages`, note)).status).toBe(201);
    const sent = await asking.send('My own words', 'note-1');
    expect(sent).toMatchObject({ duplicate: false, message: { body: 'My own words', visibility: 'public' } });
    expect(await asking.send('My own words', 'note-1')).toMatchObject({ duplicate: true });

    const mara = createRestClient(parley.url, (await keyOf('Mara')).key);
    expect((await mara.post(`/conversations/${conversationId}/messages`, note)).status).toBe(409);
    const { body } = await rest.get<{ data: Message[] }>(`/conversations/${conversationId}/messages`);
    expect(body.data.filter((message) => message.clientMessageId === 'note-1')).toHaveLength(2);
  });

  it('an agent who is disabled hears and says nothing more, and what they hold returns to the queue', async () => {
    const { key, agentId } = await keyOf('Jonas');
    const jonas = track(new AgentClient(parley.url, key));
    const asking = await customer();
    await asking.send('I want to talk to a human');
    const conversationId = asking.conversationId ?? '';
    await until('it waits', async () => (await stateOf(asking)) === 'waiting', 15_000, 100);
    await jonas.data('conversation:claim', { conversationId });
    const gone = new Promise<void>((resolve) => jonas.socket.once('disconnect', () => resolve()));

    const rest = createRestClient(parley.url);
    expect((await rest.patch(`/agents/${agentId}`, { status: 'disabled' })).status).toBe(200);
    await gone;
    const refused = await new Promise<Error & { data?: unknown }>((resolve) =>
      jonas.socket.once('connect_error', resolve),
    );
    expect(refused.data).toMatchObject({ code: 'unauthenticated' });
    await until('it is back in line', async () => (await stateOf(asking)) === 'waiting', 15_000, 100);
  });

  it('an automation does not keep an agent online who has left', async () => {
    const { key, agentId } = await keyOf('Mara');
    const mara = track(new AgentClient(parley.url, key));
    await mara.data('presence:set', { status: 'online' });
    mara.close();
    const asking = await customer();
    await asking.send('Hello');
    const note = { clientMessageId: randomUUID(), body: 'Seen', visibility: 'note' };
    const rest = createRestClient(parley.url, key);
    await rest.post(`/conversations/${asking.conversationId}/messages`, note);
    await until(
      'she is offline',
      async () => {
        const { rows } = await parley.deps.db.query('select presence from agents where id = $1', [agentId]);
        return rows[0]?.presence === 'offline';
      },
      10_000,
      100,
    );
    // what the automation itself takes stays with it
    await rest.post(`/conversations/${asking.conversationId}/claim`);
    await parley.deps.db.query(`update conversations set state_changed_at = now() - interval '1 hour' where id = $1`, [
      asking.conversationId,
    ]);
    await returnAbandoned(parley.deps);
    expect(await stateOf(asking)).toBe('agent');
  });

  it('a key that was revoked stops at once on an open socket', async () => {
    const { key } = await keyOf('Mara');
    const mara = track(new AgentClient(parley.url, key));
    await mara.data('inbox:subscribe', {});
    await parley.deps.db.query('delete from api_keys where key_hash = $1', [hashCredential(key)]);
    await expect(mara.data('inbox:subscribe', {})).rejects.toThrow();
  });

  it('says nothing from an article that was hidden from customers while the assistant wrote', async () => {
    const { db } = parley.deps;
    const { workspaceId } = parley;
    const rest = createRestClient(parley.url);
    const article = { title: 'Staff discount', body: 'The code for the staff discount is SECRET40.' };
    const { body: document } = await rest.post<{ id: string }>('/documents', article);
    await until(
      'it is indexed',
      async () => (await db.query('select 1 from chunks where document_id = $1', [document.id])).rowCount === 1,
      20_000,
      100,
    );
    const chunk = (await db.query<{ id: string }>('select id from chunks where document_id = $1', [document.id]))
      .rows[0];
    const asking = await customer();
    await asking.send('Hello');
    const conversationId = asking.conversationId ?? '';
    await until('it was greeted', () => asking.list().length === 2);
    const turnId = newId();
    await db.query(
      `insert into turns (workspace_id, id, conversation_id, through_seq, deadline_at) values ($1, $2, $3, 99, now() + interval '1 minute')`,
      [workspaceId, turnId, conversationId],
    );
    const turn = await claimTurn(db, workspaceId, turnId, 60_000);
    if (!turn) throw new Error('the turn was taken by another');
    const quote = 'The code for the staff discount is SECRET40.';
    const decision: Decision = {
      kind: 'answer',
      text: `${quote} [1]`,
      citations: [
        { n: 1, documentId: document.id, chunkId: chunk?.id ?? '', title: 'Staff discount', url: null, quote },
      ],
      confidence: 1,
      turn: {
        query: 'staff discount',
        candidates: [],
        promptVersion: null,
        model: 'builtin:rules',
        tokens: { input: 0, output: 0 },
        costUsd: 0,
        timings: { retrieveMs: 0, firstTokenMs: null, totalMs: 0 },
        decision: { kind: 'answer', rule: 'quoted', confidence: 1 },
        failures: [],
      },
    };
    expect((await rest.patch(`/documents/${document.id}`, { audience: 'internal' })).status).toBe(200);
    await expect(postReply(parley.deps, turn, { messageId: newId(), decision })).rejects.toBeInstanceOf(CitationGone);
    expect((await asking.sync())?.messages.some((message) => message.body.includes('SECRET40'))).toBe(false);
    const shown = await rest.get<{ conversation: AgentConversation }>(`/conversations/${conversationId}`);
    expect(shown.body.conversation.state).toBe('assistant');
  });
});
