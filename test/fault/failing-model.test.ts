import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { articles } from '../support/articles.ts';
import { expectComplete, expectTruth, type Rig, startRig } from '../support/fault-fixture.ts';
import { defaultReply, rateLimited, type Script, type ScriptedRequest } from '../support/scripted-openai.ts';
import { WidgetClient } from '../support/widget-client.ts';

const text = 'Parcels within Germany arrive in two to three working days. [1]';
/** Nothing in the articles answers it, so that there is nothing to quote instead when the model is away. */
const unknown = 'Please compare the migration of arctic terns with the offside rule in football';

describe('a model that fails', () => {
  let rig: Rig;
  let script: (request: ScriptedRequest) => Script = defaultReply;
  const clients: WidgetClient[] = [];
  const ask = async (question: string) => {
    const client = await WidgetClient.open(rig.fleet.servers[0]?.url ?? '', rig.fleet.inboxKey);
    clients.push(client);
    await client.send(question);
    const reply = await client.waitFor('an outcome', (message) => message.author.kind === 'assistant', 30_000);
    await expectTruth(rig.fleet);
    await expectComplete(client);
    const synced = await client.sync();
    return { reply, state: synced?.conversation.state };
  };

  beforeAll(async () => {
    rig = await startRig({ reply: (request) => script(request), env: { ANSWER_TIMEOUT_SECONDS: '8' } });
  }, 120_000);
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(() => rig?.stop());

  it('once with 429 and Retry-After is asked again, and answers', async () => {
    let calls = 0;
    script = (request) => (calls++ === 0 ? rateLimited(1) : defaultReply(request));
    const { reply, state } = await ask(articles[0]?.question ?? '');
    expect(reply.citations.length).toBeGreaterThan(0);
    expect(state).toBe('assistant');
    expect(calls).toBeGreaterThan(1);
  }, 60_000);

  it('once in the middle of a stream begins again, and nothing stands twice', async () => {
    let calls = 0;
    script = (request) => (calls++ === 0 ? { kind: 'cut', text, after: 4 } : defaultReply(request));
    const { reply } = await ask(articles[0]?.question ?? '');
    expect(reply.body.match(/working days/g)).toHaveLength(1);
  }, 60_000);

  const failures: [string, Script][] = [
    ['500', { kind: 'error', status: 500 }],
    ['429', rateLimited(1)],
    ['garbage', { kind: 'garbage', text, after: 3 }],
    ['half a stream', { kind: 'cut', text, after: 3 }],
    ['nothing, ever', { kind: 'silence' }],
    ['an empty answer', { kind: 'text', text: '' }],
  ];
  it.each(failures)(
    'always with %s still quotes the article that answers',
    async (_, failure) => {
      script = () => failure;
      const { reply } = await ask(articles[0]?.question ?? '');
      expect(reply.body.length).toBeGreaterThan(0);
      expect(reply.status).toBe('complete');
    },
    60_000,
  );

  it.each(failures)(
    'always with %s and nothing to quote: the customer is told, and a person takes over',
    async (_, failure) => {
      script = () => failure;
      const { reply, state } = await ask(unknown);
      expect(reply.citations).toEqual([]);
      expect(state === 'waiting' || reply.offer === 'human').toBe(true);
    },
    60_000,
  );
});
