import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { SearchResult } from '../../protocol/knowledge.ts';
import { type AnswerDeps, answer } from '../../server/answering/answer.ts';
import type { AnswerInput, Decision } from '../../server/answering/decision.ts';
import { parseConfig } from '../../server/config.ts';
import { migrate } from '../../server/db/migrate.ts';
import { createPool, type Pool } from '../../server/db/pool.ts';
import { newId } from '../../server/ids.ts';
import { createLlm, type LlmOptions } from '../../server/llm/create-llm.ts';
import { createLog } from '../../server/log.ts';
import { type Script, type ScriptedOpenai, type ScriptedRequest, startScriptedOpenai } from './scripted-openai.ts';
import { type Services, startServices } from './services.ts';

export const returns: SearchResult = {
  documentId: newId(),
  externalId: 'returns',
  chunkId: newId(),
  title: 'Return an order',
  url: 'https://shop.example/help/returns',
  headingPath: [],
  text: 'You can return anything within 30 days of delivery. Boots must be unworn. We refund the money within five working days to the card that you paid with.',
  score: 1,
  lexical: 1,
  semantic: 1,
};
const shipping: SearchResult = {
  ...returns,
  documentId: newId(),
  chunkId: newId(),
  title: 'Shipping',
  url: null,
  text: 'Orders over $50 ship free. Parcels leave our warehouse on the same day when you order before noon.',
  score: 0.4,
};
/** What the first of the two bears out. */
export const goodAnswer = 'You can return anything within 30 days of delivery [1]. Boots must be unworn [1].';

type Setup = {
  /** One per request, the last one for all that follow. */
  scripts: Script[];
  models?: string;
  confidence?: number;
  results?: SearchResult[];
  options?: LlmOptions;
  input?: Partial<AnswerInput>;
  deadlineMs?: number;
};
type Event = { kind: 'text'; text: string } | { kind: 'restart' };

/** What a reader who follows the events has in the end. */
export const shown = (events: Event[]): string =>
  events.reduce((text, event) => (event.kind === 'text' ? text + event.text : ''), '');

type LedgerRow = {
  status: string;
  reason: string | null;
  model: string;
  input_tokens: number;
  output_tokens: number;
  tokens_estimated: boolean;
  price_known: boolean;
};

/**
 * Turns of a file's tests against a scripted model, each test in a workspace of its own and with its own server: starts and ends with
 * the tests. What is found are the same two passages, unless `results` says otherwise.
 */
export function scriptedTurns() {
  let services: Services;
  let db: Pool;
  let workspaceId: string;
  let server: ScriptedOpenai | undefined;
  let closeLlm: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    services = await startServices();
    db = createPool(services.databaseUrl, 1, () => undefined);
    await migrate(db);
  }, 60_000);
  afterAll(async () => {
    await db.end();
    await services.stop();
  });
  beforeEach(async () => {
    workspaceId = newId();
    await db.query('insert into workspaces (id, name) values ($1, $2)', [workspaceId, 'Test']);
  });
  afterEach(end);

  /** Lets go of the last turn's model, before another turn is asked for. */
  async function end(): Promise<void> {
    await closeLlm?.();
    await server?.close();
    closeLlm = undefined;
    server = undefined;
  }

  /** One turn against the scripted model, with all that it streamed. */
  async function ask(setup: Setup): Promise<{ events: Event[]; run: Promise<Decision>; startedAt: number }> {
    let asked = 0;
    server = await startScriptedOpenai({
      reply: () => {
        const script = setup.scripts[Math.min(asked, setup.scripts.length - 1)];
        asked += 1;
        if (!script) throw new Error('no script');
        return script;
      },
    });
    const config = parseConfig({
      OPENAI_BASE_URL: server.baseUrl,
      ANSWER_MODEL: setup.models ?? 'openai:main',
      FAST_MODEL: 'builtin:extractive',
    });
    const log = createLog('silent');
    const llm = createLlm(config, db, log, { backoffMs: 5, ...setup.options });
    closeLlm = () => llm.close();
    const events: Event[] = [];
    const deps: AnswerDeps = {
      config,
      db,
      llm,
      log,
      clock: { now: () => new Date() },
      encoder: {
        space: { provider: 'test', model: 'none', dimensions: 1 },
        embed: async () => [],
        close: async () => undefined,
      },
      find: async (_deps, { query }) => ({
        query,
        results: setup.results ?? [returns, shipping],
        confidence: setup.confidence ?? 0.9,
      }),
    };
    const run = answer(deps, {
      workspaceId,
      turnId: newId(),
      question: 'How long can I return boots?',
      history: [],
      humanOffered: false,
      failedBefore: 0,
      signal: new AbortController().signal,
      ...(setup.deadlineMs === undefined ? {} : { deadlineAt: Date.now() + setup.deadlineMs }),
      onText: (text) => events.push({ kind: 'text', text }),
      onRestart: () => events.push({ kind: 'restart' }),
      ...setup.input,
    });
    return { events, run, startedAt: performance.now() };
  }

  /** The calls that were paid for, oldest first, when all of them are written. */
  async function ledger(): Promise<LedgerRow[]> {
    await closeLlm?.();
    const { rows } = await db.query<LedgerRow>(
      `select status, reason, model, input_tokens, output_tokens, tokens_estimated, price_known from llm_calls
       where workspace_id = $1 order by created_at, id`,
      [workspaceId],
    );
    return rows;
  }

  /** What the model was asked. */
  const requests = (): ScriptedRequest[] => server?.requests ?? [];

  return { ask, ledger, requests, end };
}
