import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentClientEvents, AgentServerEvents } from '../../protocol/agent.ts';
import type { AgentConversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import { articles } from '../support/articles.ts';
import { checkTruth, countUnfinished } from '../support/check-truth.ts';
import { type Rig, startRig } from '../support/fault-fixture.ts';
import { controlService } from '../support/fleet.ts';
import { createRandom } from '../support/random.ts';
import { createRestClient } from '../support/rest-client.ts';
import { defaultReply, rateLimited, type Script } from '../support/scripted-openai.ts';
import { apiKey } from '../support/start-parley.ts';
import { until } from '../support/until.ts';
import { WidgetClient } from '../support/widget-client.ts';

/** STORM_SEED repeats a run's choices; the machine's timing stays its own. */
const seed = Number(process.env.STORM_SEED ?? Math.floor(Math.random() * 1_000_000_000));
const conversations = Number(process.env.STORM_CONVERSATIONS ?? 200);
const atOnce = 25;

const random = createRandom(seed);
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** One answer in three fails in some way. */
function randomScript(request: Parameters<typeof defaultReply>[0]): Script {
  const pace = { firstTokenMs: random.between(5, 80), intervalMs: random.between(1, 20) };
  const text = 'Parcels within Germany arrive in two to three working days. [1]';
  const failures: [Script, ...Script[]] = [
    rateLimited(1),
    { kind: 'error', status: 500 },
    { kind: 'garbage', text, after: random.between(0, 5) },
    { kind: 'cut', text, after: random.between(0, 8) },
    { kind: 'silence', text, after: random.between(0, 4) },
  ];
  return random.next() < 1 / 3 ? random.pick(failures) : ({ ...defaultReply(request), ...pace } as Script);
}

type Sent = {
  clientMessageId: string;
  body: string;
  conversationId?: string;
  messageId?: string;
  acknowledgements: number;
};
type Story = { client: WidgetClient; sent: Sent[] };

describe(`a storm of faults (seed ${seed})`, () => {
  let rig: Rig;
  let over = false;
  const stories: Story[] = [];
  const faults: Record<string, number> = {};
  let agentSocket: Socket<AgentServerEvents, AgentClientEvents>;

  beforeAll(async () => {
    rig = await startRig({ servers: 2, workers: 2, reply: randomScript, env: { ANSWER_TIMEOUT_SECONDS: '12' } });
  }, 120_000);
  afterAll(async () => {
    over = true;
    agentSocket?.disconnect();
    for (const { client } of stories) client.close();
    await rig?.stop();
  }, 60_000);

  async function sendUntilAcknowledged(story: Story, body: string): Promise<void> {
    const sent: Sent = { clientMessageId: randomUUID(), body, acknowledgements: 0 };
    story.sent.push(sent);
    await until(
      'an acknowledgement',
      async () => {
        const answer = await story.client.send(body, sent.clientMessageId).catch(() => undefined);
        if (!answer) return undefined;
        Object.assign(sent, { conversationId: answer.conversationId, messageId: answer.message.id });
        sent.acknowledgements += 1;
        // now and then the acknowledgement itself is lost on its way, and the client sends again
        return random.next() < 0.9 || sent.acknowledgements > 1;
      },
      90_000,
      250,
    );
  }

  async function tellStory(at: number): Promise<void> {
    const server = rig.fleet.servers[at % rig.fleet.servers.length];
    const client = await until(
      'a session',
      () => WidgetClient.open(server?.url ?? '', rig.fleet.inboxKey).catch(() => undefined),
      90_000,
      250,
    );
    const story: Story = { client, sent: [] };
    stories.push(story);
    for (let round = random.between(1, 3); round > 0; round--) {
      const asksForHuman = random.next() < 0.12;
      await sendUntilAcknowledged(
        story,
        asksForHuman ? 'I want to talk to a human please' : (articles[random.between(0, 4)]?.question ?? ''),
      );
      if (random.next() < 0.2) client.socket.io.engine?.close();
      await pause(random.between(0, 900));
    }
  }

  const disasters: [string, () => Promise<void>][] = [
    ['server killed', () => restart('servers')],
    ['worker killed', () => restart('workers')],
    ['Valkey killed', () => outage('valkey')],
    ['Valkey flushed', flush],
    ['Postgres killed', () => outage('postgres')],
  ];

  async function restart(kind: 'servers' | 'workers'): Promise<void> {
    const member = rig.fleet[kind][random.between(0, rig.fleet[kind].length - 1)];
    await member?.kill();
    await member?.start();
  }

  async function outage(service: 'postgres' | 'valkey'): Promise<void> {
    await controlService('kill', service);
    await pause(random.between(100, 1_500));
    await controlService('start', service);
  }

  async function flush(): Promise<void> {
    const redis = new Redis(rig.fleet.services.redisUrl, { maxRetriesPerRequest: 1 });
    redis.on('error', () => undefined);
    await redis.flushdb().catch(() => undefined);
    redis.disconnect();
  }

  async function rage(): Promise<void> {
    while (!over) {
      const [name, strike] = random.pick(disasters as [(typeof disasters)[0], ...typeof disasters]);
      faults[name] = (faults[name] ?? 0) + 1;
      await strike();
      await pause(random.between(300, 2_000));
    }
  }

  /** An agent who is there, answers what is given to them, and resolves it, whatever breaks meanwhile. */
  function startAgent(): void {
    const server = rig.fleet.servers[0]?.url ?? '';
    const rest = createRestClient(server);
    agentSocket = io(`${server}/agent`, {
      auth: { apiKey },
      transports: ['websocket'],
      reconnectionDelayMax: 300,
      forceNew: true,
    });
    agentSocket.on('connect', () => {
      agentSocket.timeout(3_000).emit('presence:set', { status: 'online' }, () => undefined);
    });
    const work = async () => {
      while (!over) {
        const page = await rest
          .get<{ data: AgentConversation[] }>('/conversations?state=agent&assignee=me')
          .catch(() => undefined);
        for (const { id } of page?.body.data ?? []) {
          const reply = { clientMessageId: `reply-${id}`, body: 'I am looking into it.' };
          await rest.post(`/conversations/${id}/messages`, reply).catch(() => undefined);
          await rest.post(`/conversations/${id}/resolve`).catch(() => undefined);
        }
        await pause(150);
      }
    };
    void work();
  }

  it(`loses, doubles and strands nothing in ${conversations} conversations`, async () => {
    startAgent();
    const raging = rage();
    const queue = Array.from({ length: conversations }, (_, at) => at);
    const tellers = Array.from({ length: atOnce }, async () => {
      for (let at = queue.shift(); at !== undefined; at = queue.shift()) await tellStory(at);
    });
    await Promise.all(tellers);
    over = true;
    await raging;

    // calm: everything comes to rest by itself
    over = false;
    startAgent();
    const { db, workspaceId } = rig.fleet;
    await until(
      'all turns have ended',
      async () => (await countUnfinished(db, workspaceId).catch(() => 1)) === 0,
      60_000,
    );
    const truth = await until(
      'everyone has an owner',
      async () => {
        const looked = await checkTruth(db, workspaceId);
        return looked.stranded === 0 ? looked : undefined;
      },
      30_000,
    ).catch(() => checkTruth(db, workspaceId));

    let lost = 0;
    let doubled = 0;
    let delivered = 0;
    let undelivered = 0;
    for (const { client, sent } of stories) {
      const stored = new Map<string, number>();
      for (const conversationId of new Set(sent.map((each) => each.conversationId))) {
        client.conversationId = conversationId;
        const synced = await until('a sync', () => client.sync().catch(() => undefined), 30_000);
        for (const message of synced.messages) {
          const key = message.clientMessageId ?? message.id;
          stored.set(key, (stored.get(key) ?? 0) + 1);
        }
        const held = client.list().filter((message: Message) => message.conversationId === conversationId);
        delivered += held.length;
        if (
          held.length !== synced.messages.length ||
          held.some((message, at) => message.id !== synced.messages[at]?.id)
        )
          undelivered += 1;
      }
      lost += sent.filter((each) => !stored.has(each.clientMessageId)).length;
      doubled += [...stored.values()].filter((count) => count > 1).length;
    }
    const sent = stories.flatMap((story) => story.sent);
    const report = {
      seed,
      conversations: stories.length,
      sent: sent.length,
      acknowledged: sent.filter((each) => each.acknowledgements > 0).length,
      delivered,
      lost,
      doubled,
      outOfOrder: truth.broken + undelivered,
      withoutOutcome: truth.withoutOutcome,
      stranded: truth.stranded,
      faults,
    };
    console.log(JSON.stringify(report));
    expect(report).toMatchObject({
      acknowledged: sent.length,
      lost: 0,
      doubled: 0,
      outOfOrder: 0,
      withoutOutcome: 0,
      stranded: 0,
    });
  }, 400_000);
});
