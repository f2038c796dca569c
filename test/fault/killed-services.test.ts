import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { articles } from '../support/articles.ts';
import { expectComplete, expectTruth, type Rig, startRig } from '../support/fault-fixture.ts';
import { controlService } from '../support/fleet.ts';
import { until } from '../support/until.ts';
import { WidgetClient } from '../support/widget-client.ts';

const questions = articles.map((article) => article.question);

/** Sends as a careful client does: the same clientMessageId until it is acknowledged. */
async function sendUntilAcknowledged(client: WidgetClient, body: string): Promise<void> {
  const clientMessageId = randomUUID();
  await until(
    'the message is acknowledged',
    () => client.send(body, clientMessageId).catch(() => undefined),
    40_000,
    250,
  );
}

describe('Postgres and Valkey going away', () => {
  let rig: Rig;
  const open = () => WidgetClient.open(rig.fleet.servers[0]?.url ?? '', rig.fleet.inboxKey);
  const answers = (client: WidgetClient) =>
    client.list().filter((message) => message.author.kind === 'assistant').length;

  beforeAll(async () => {
    rig = await startRig({ workers: 2 });
  }, 120_000);
  afterAll(() => rig?.stop());

  it('Valkey killed: messages are taken while it is away, and answered', async () => {
    const client = await open();
    await client.send(questions[0] ?? '');
    await until('an answer', () => answers(client) === 1);
    await controlService('kill', 'valkey');
    await sendUntilAcknowledged(client, questions[1] ?? '');
    await controlService('start', 'valkey');
    await until(
      'the answer',
      async () => {
        await client.sync();
        return answers(client) === 2;
      },
      60_000,
    );
    await expectTruth(rig.fleet);
    await expectComplete(client);
    client.close();
  }, 120_000);

  it('Valkey flushed: what was enqueued is enqueued again', async () => {
    const clients = await Promise.all(Array.from({ length: 10 }, open));
    const redis = new Redis(rig.fleet.services.redisUrl);
    const flushing = setInterval(() => void redis.flushdb(), 20);
    await Promise.all(
      clients.map((client, at) => sendUntilAcknowledged(client, questions[at % questions.length] ?? '')),
    );
    clearInterval(flushing);
    redis.disconnect();
    await expectTruth(rig.fleet);
    for (const client of clients) {
      const list = await expectComplete(client);
      expect(list.map((message) => message.author.kind)).toEqual(['customer', 'assistant']);
      client.close();
    }
  }, 120_000);

  it('Postgres killed and back within five seconds: nothing acknowledged is lost, nothing is doubled', async () => {
    const clients = await Promise.all(Array.from({ length: 10 }, open));
    const sending = clients.map(async (client) => {
      for (const question of questions.slice(0, 3)) await sendUntilAcknowledged(client, question);
    });
    await controlService('kill', 'postgres');
    await controlService('start', 'postgres');
    await Promise.all(sending);
    await expectTruth(rig.fleet, 60_000);
    for (const client of clients) {
      const list = await expectComplete(client);
      const asked = list.filter((message) => message.author.kind === 'customer').map((message) => message.body);
      expect(asked).toEqual(questions.slice(0, 3));
      client.close();
    }
  }, 120_000);
});
