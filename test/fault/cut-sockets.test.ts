import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { articles } from '../support/articles.ts';
import { expectComplete, expectTruth, type Rig, startRig } from '../support/fault-fixture.ts';
import { defaultReply } from '../support/scripted-openai.ts';
import { until } from '../support/until.ts';
import { WidgetClient } from '../support/widget-client.ts';

/** The connection breaks as a lost network does: without a goodbye, and the client comes back by itself. */
const cut = (client: WidgetClient) => client.socket.io.engine?.close();

describe("the customer's socket, cut", () => {
  let rig: Rig;
  beforeAll(async () => {
    const slowly = { firstTokenMs: 50, intervalMs: 50 };
    rig = await startRig({ reply: (request) => ({ ...defaultReply(request), ...slowly }) as never });
  }, 120_000);
  afterAll(() => rig?.stop());

  it('between send and acknowledgement: sent again with the same id, it stands once', async () => {
    const client = await WidgetClient.open(rig.fleet.servers[0]?.url ?? '', rig.fleet.inboxKey);
    for (const { question } of articles) {
      // what is cut while it connects hangs for the client's twenty seconds, and nothing has been sent
      await until('it is connected', () => client.socket.connected);
      const clientMessageId = randomUUID();
      const first = client.send(question, clientMessageId).catch(() => undefined);
      cut(client);
      await first;
      await until(
        'the repeat is acknowledged',
        () => client.send(question, clientMessageId).catch(() => undefined),
        20_000,
      );
    }
    await expectTruth(rig.fleet);
    const list = await expectComplete(client);
    const asked = list.filter((message) => message.author.kind === 'customer').map((message) => message.body);
    expect(asked).toEqual(articles.map((article) => article.question));
    client.close();
  }, 90_000);

  it('between every two pieces of an answer: the answer is whole', async () => {
    const client = await WidgetClient.open(rig.fleet.servers[0]?.url ?? '', rig.fleet.inboxKey);
    client.socket.on('message:delta', () => cut(client));
    await client.send(articles[3]?.question ?? '');
    await client.waitFor('the answer', (message) => message.author.kind === 'assistant', 30_000);
    const list = await expectComplete(client);
    expect(list[1]?.citations.length).toBeGreaterThan(0);
    client.close();
  }, 60_000);

  it('and back in the middle of an answer: what has been written so far is there', async () => {
    const client = await WidgetClient.open(rig.fleet.servers[0]?.url ?? '', rig.fleet.inboxKey);
    await client.send(articles[0]?.question ?? '');
    await until('some pieces', () => client.deltas.length > 2);
    const synced = await client.sync();
    const seen = client.deltas.filter((delta) => delta.messageId === synced?.streaming?.messageId);
    const text = seen
      .slice(0, (synced?.streaming?.index ?? 0) + 1)
      .map((delta) => delta.text)
      .join('');
    expect(synced?.streaming?.text).toBe(text);
    client.close();
  }, 60_000);
});
