import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHttpReranker } from '../../server/knowledge/http-reranker.ts';
import type { Reranker } from '../../server/knowledge/reranker.ts';
import { search } from '../../server/knowledge/search.ts';
import { createLog, type Log } from '../../server/log.ts';
import { startKnowledge } from '../support/knowledge-fixture.ts';
import {
  inTheirWords,
  type RerankRequest,
  type RerankScript,
  type ScriptedReranker,
  startScriptedReranker,
} from '../support/scripted-reranker.ts';

let server: ScriptedReranker | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

type Made = { reranker: Reranker; warnings: string[] };

async function make(
  reply: (request: RerankRequest) => RerankScript,
  { path = '/v2/rerank', model, apiKey }: { path?: string; model?: string; apiKey?: string } = {},
): Promise<Made> {
  server = await startScriptedReranker(reply);
  const warnings: string[] = [];
  const log: Log = Object.assign(createLog('silent'), {
    warn: (fields: { err: Error }) => warnings.push(fields.err.message),
  });
  return { reranker: createHttpReranker({ url: `${server.url}${path}`, model, apiKey }, log), warnings };
}

const texts = ['one', 'two', 'three'];

describe('a reranking server', () => {
  it('of Cohere’s kind is asked and read in its own words', async () => {
    const { reranker } = await make((request) => inTheirWords(request, [0.1, 0.9, 0.5]), {
      model: 'rerank-1',
      apiKey: 'secret',
    });
    expect(await reranker.rerank('which?', texts)).toEqual([0.1, 0.9, 0.5]);
    expect(server?.requests).toEqual([
      { path: '/v2/rerank', key: 'Bearer secret', model: 'rerank-1', query: 'which?', documents: texts, top_n: 3 },
    ]);
  });

  it('at /rerank without a model is asked and read as TEI', async () => {
    const { reranker } = await make((request) => inTheirWords(request, [0.1, 0.9, 0.5]), { path: '/rerank' });
    expect(await reranker.rerank('which?', texts)).toEqual([0.1, 0.9, 0.5]);
    expect(server?.requests[0]).toMatchObject({ query: 'which?', texts });
  });

  it('that refuses one way of asking is asked the other way, and from then on only so', async () => {
    const { reranker } = await make(
      (request) => (request.texts ? { status: 422, body: {} } : inTheirWords(request, [0.3, 0.2, 0.1])),
      { path: '/rerank' },
    );
    expect(await reranker.rerank('which?', texts)).toEqual([0.3, 0.2, 0.1]);
    expect(await reranker.rerank('which?', texts)).toEqual([0.3, 0.2, 0.1]);
    expect(server?.requests.map((request) => request.texts !== undefined)).toEqual([true, false, false]);
  });

  it('that gives what comes before the sigmoid is scaled to 0..1, in the same order', async () => {
    const { reranker } = await make((request) => inTheirWords(request, [-4, 6, 0]));
    const scores = (await reranker.rerank('which?', texts)) ?? [];
    expect(scores[2]).toBe(0.5);
    expect(scores.every((score) => score > 0 && score < 1)).toBe(true);
    expect((scores[1] ?? 0) > (scores[2] ?? 0) && (scores[2] ?? 0) > (scores[0] ?? 0)).toBe(true);
  });

  const results = (...list: unknown[]) => ({ results: list });
  const of = (index: unknown, relevance_score: unknown) => ({ index, relevance_score });
  it.each<[string, RerankScript]>([
    ['breaks', { status: 500, body: 'no' }],
    ['wants another key', { status: 401, body: {} }],
    ['limits', { status: 429, body: {} }],
    ['refuses either way', { status: 422, body: {} }],
    ['sends what is no JSON', { body: '<html>' }],
    ['sends NaN', { body: '{"results":[{"index":0,"relevance_score":NaN}]}' }],
    ['sends null for a score', { body: results(of(0, null), of(1, 0.5), of(2, 0.5)) }],
    ['sends another shape', { body: { scores: [1, 2, 3] } }],
    ['leaves one out', { body: results(of(0, 0.5), of(1, 0.5)) }],
    ['sends one too many', { body: results(of(0, 0.5), of(1, 0.5), of(2, 0.5), of(3, 0.5)) }],
    ['sends one twice', { body: results(of(0, 0.5), of(1, 0.5), of(1, 0.5)) }],
    ['counts from one', { body: results(of(1, 0.5), of(2, 0.5), of(3, 0.5)) }],
    ['sends nothing', { body: results() }],
    ['sends too large a number', { body: '{"results":[{"index":0,"relevance_score":1e999}]}' }],
  ])('that %s gives no scores, throws nothing, and is complained about once', async (_, script) => {
    const { reranker, warnings } = await make(() => script);
    expect(await reranker.rerank('which?', texts)).toBeUndefined();
    expect(await reranker.rerank('which?', texts)).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(warnings.join()).not.toContain('which?');
  });

  it('that says nothing is given up after 1.5 seconds', async () => {
    const { reranker, warnings } = await make(() => 'silence');
    const started = performance.now();
    expect(await reranker.rerank('which?', texts)).toBeUndefined();
    expect(performance.now() - started).toBeGreaterThan(1_400);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(warnings).toEqual(['no answer in 1500 ms']);
  });

  it('that is not there gives no scores', async () => {
    const { reranker } = await make(() => 'silence');
    await server?.close();
    expect(await reranker.rerank('which?', texts)).toBeUndefined();
  });

  it('is let go when nobody waits any more, and not complained about', async () => {
    const { reranker, warnings } = await make(() => 'silence');
    const controller = new AbortController();
    const run = reranker.rerank('which?', texts, controller.signal);
    await expect.poll(() => server?.requests.length).toBe(1);
    controller.abort();
    expect(await run).toBeUndefined();
    expect(warnings).toEqual([]);
  });
});

describe('search with a reranker', () => {
  let knowledge: Awaited<ReturnType<typeof startKnowledge>>;
  let workspaceId: string;
  beforeAll(async () => {
    knowledge = await startKnowledge();
    workspaceId = await knowledge.createWorkspace();
    for (let number = 1; number <= 40; number += 1) {
      const body = `Gift card number ${number} is valid for ${number} years.`;
      await knowledge.write(workspaceId, { title: `Gift card ${number}`, body });
    }
    await knowledge.runJobs();
  }, 120_000);
  afterAll(() => knowledge.stop());

  const find = (reranker: Reranker | undefined, limit: number) =>
    search(
      { ...knowledge.deps, reranker },
      { workspaceId, query: 'gift card valid for years', history: [], limit, audiences: ['public'] },
    );
  const number = ({ title }: { title: string }) => Number(title.split(' ').at(-1));

  it('takes its order and its scores for the best thirty, and the rest follows', async () => {
    const before = (await find(undefined, 40)).results;
    const { reranker } = await make((request) => {
      const scores = (request.documents ?? []).map((text) => Number(/Gift card (\d+)/.exec(text)?.[1]) / 100);
      return inTheirWords(request, scores);
    });
    const { results, reranked } = await find(reranker, 40);
    expect(reranked).toBe(true);
    const best = results.slice(0, 30);
    expect(best.map(number)).toEqual(best.map(number).toSorted((one, other) => other - one));
    for (const result of best) expect(result.score).toBe(number(result) / 100);
    expect(results.slice(30).map(({ chunkId }) => chunkId)).toEqual(before.slice(30).map(({ chunkId }) => chunkId));
    const scores = results.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((one, other) => other - one));
    const [request] = server?.requests ?? [];
    expect(request?.documents).toHaveLength(30);
  });

  it('finds the best of thirty even where one is wanted', async () => {
    const { reranker } = await make((request) =>
      inTheirWords(
        request,
        (request.documents ?? []).map((_, index) => index / 100),
      ),
    );
    const before = (await find(undefined, 30)).results;
    const { results } = await find(reranker, 1);
    expect(results.map(({ chunkId }) => chunkId)).toEqual([before[29]?.chunkId]);
  });

  it('keeps its own order and scores where the reranker cannot', async () => {
    const before = await find(undefined, 10);
    const { reranker } = await make(() => ({ status: 500, body: '' }));
    expect(await find(reranker, 10)).toEqual(before);
    expect(before).not.toHaveProperty('reranked');
  });
});
