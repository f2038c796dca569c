import { expect } from 'vitest';
import type { Message } from '../../protocol/message.ts';
import { addArticles } from './add-articles.ts';
import { checkTruth, countUnfinished } from './check-truth.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { createRestClient } from './rest-client.ts';
import { type ScriptedOpenai, type ScriptedOptions, startScriptedOpenai } from './scripted-openai.ts';
import { until } from './until.ts';
import type { WidgetClient } from './widget-client.ts';

export type Rig = { fleet: Fleet; model: ScriptedOpenai; stop(): Promise<void> };

/** A fleet that answers with the scripted model, and knows the small articles. */
export async function startRig(options: {
  servers?: number;
  workers?: number;
  reply?: ScriptedOptions['reply'];
  env?: Record<string, string>;
}): Promise<Rig> {
  const model = await startScriptedOpenai({ reply: options.reply, record: false });
  const env = {
    OPENAI_BASE_URL: model.baseUrl,
    OPENAI_API_KEY: 'scripted',
    ANSWER_MODEL: 'openai:scripted',
    EMBEDDING_MODEL: 'openai:scripted',
    ...options.env,
  };
  try {
    const fleet = await startFleet({ ...options, env });
    await addArticles(createRestClient(fleet.servers[0]?.url ?? ''));
    return {
      fleet,
      model,
      async stop() {
        await fleet.stop();
        await model.close();
      },
    };
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** When nothing is under way any more, every invariant holds. */
export async function expectTruth(fleet: Fleet, withinMs = 45_000): Promise<void> {
  await until(
    'nothing is under way',
    async () => (await countUnfinished(fleet.db, fleet.workspaceId).catch(() => 1)) === 0,
    withinMs,
  );
  const truth = await until(
    'nobody is stranded',
    async () => {
      const looked = await checkTruth(fleet.db, fleet.workspaceId);
      return looked.stranded === 0 ? looked : undefined;
    },
    withinMs,
  );
  expect(truth).toMatchObject({ broken: 0, withoutOutcome: 0, stranded: 0 });
}

/** What the customer holds is what is stored: each once, in the order of seq, without gaps (there are no notes here). */
export async function expectComplete(client: WidgetClient): Promise<Message[]> {
  const synced = await until('the customer can sync', () => client.sync().catch(() => undefined), 30_000);
  const list = client.list();
  expect(list.map((message) => message.id)).toEqual(synced.messages.map((message) => message.id));
  expect(list.map((message) => message.seq)).toEqual(list.map((_, index) => index + 1));
  return list;
}
