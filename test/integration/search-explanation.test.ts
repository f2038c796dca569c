import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HistoryEntry, SearchResult } from '../../protocol/knowledge.ts';
import { search } from '../../server/knowledge/search.ts';
import { startKnowledge } from '../support/knowledge-fixture.ts';

let knowledge: Awaited<ReturnType<typeof startKnowledge>>;
let workspaceId: string;
beforeAll(async () => {
  knowledge = await startKnowledge();
  workspaceId = await knowledge.createWorkspace();
  const articles = [
    { title: 'Refunds', body: '# How long it takes\n\nWe refund the price of returned boots within ten days.' },
    { title: 'Delivery', body: 'Parcels arrive in two days. Boots travel in their own box.' },
    { title: 'Gift cards', body: 'A gift card is valid for three years and pays for anything.' },
    { title: 'Washing', body: 'Wash a rain jacket at thirty degrees, without softener.' },
  ];
  for (const article of articles) await knowledge.write(workspaceId, article);
  await knowledge.runJobs();
}, 60_000);
afterAll(() => knowledge.stop());

async function explained(query: string, history: HistoryEntry[] = []) {
  const { results } = await knowledge.find(workspaceId, query, { explain: true, history });
  return (title: string) => {
    const result = results.find((one) => one.title === title);
    if (!result?.explanation) throw new Error(`no explanation of ${title}`);
    return { ...result, explanation: result.explanation };
  };
}

test('without being asked for, there is no explanation', async () => {
  const { results } = await knowledge.find(workspaceId, 'refund for boots');
  expect(results.length).toBeGreaterThan(0);
  expect(results.every((result) => result.explanation === undefined)).toBe(true);
});

test('asking for an explanation changes no score and no order', async () => {
  const withoutExplanation = (result: SearchResult) => ({ ...result, explanation: undefined });
  const plain = await knowledge.find(workspaceId, 'refund for boots');
  const explained = await knowledge.find(workspaceId, 'refund for boots', { explain: true });
  expect(explained.results.map(withoutExplanation)).toEqual(plain.results.map(withoutExplanation));
  expect(explained.confidence).toBe(plain.confidence);
});

test('the parts add up to the lexical score, and the two shares to the score', async () => {
  const { results } = await knowledge.find(workspaceId, 'how long does a refund for boots take', { explain: true });
  for (const { explanation, score, lexical, semantic } of results) {
    if (!explanation) throw new Error('no explanation');
    const { document, window, pairs } = explanation.parts;
    expect(document + window + pairs).toBeCloseTo(lexical, 10);
    const share = explanation.semanticShare;
    expect((1 - share) * lexical + share * semantic).toBeCloseTo(score, 10);
  }
});

describe('matched words', () => {
  test('are said with where they stand and how they are written there, the heaviest first', async () => {
    const { explanation } = (await explained('refunding my boots'))('Refunds');
    expect(explanation.matched.map(({ word }) => word).toSorted()).toEqual(['boots', 'refunding']);
    const [first, second] = explanation.matched.map(({ weight }) => weight);
    expect(first).toBeGreaterThanOrEqual(second ?? 0);
    expect(explanation.matched).toContainEqual(
      expect.objectContaining({ word: 'refunding', in: ['title', 'text'], forms: ['refunds', 'refund'] }),
    );
    expect(explanation.matched).toContainEqual(
      expect.objectContaining({ word: 'boots', in: ['text'], forms: ['boots'] }),
    );
  });

  test('name the misspelling that they were taken for', async () => {
    const { explanation } = (await explained('refnd'))('Refunds');
    expect(explanation.matched).toEqual([expect.objectContaining({ word: 'refund', correctedFrom: 'refnd' })]);
  });

  test('that come from an earlier message are marked, and weigh less', async () => {
    const history: HistoryEntry[] = [{ role: 'customer', body: 'I returned my boots' }];
    const { explanation } = (await explained('when is the refund', history))('Refunds');
    const [asked, carried] = ['refund', 'boots'].map((word) => explanation.matched.find((one) => one.word === word));
    expect(carried).toMatchObject({ carried: true, in: ['text'] });
    expect(asked?.carried).toBeUndefined();
    expect(asked?.weight).toBeGreaterThan(carried?.weight ?? Number.POSITIVE_INFINITY);
  });
});

test('places by words and by meaning are counted from the best', async () => {
  const of = await explained('refund for boots');
  expect(of('Refunds').explanation).toMatchObject({ lexicalRank: 1, semanticRank: 1 });
  expect(of('Delivery').explanation.lexicalRank).toBe(2);
  expect(of('Gift cards').explanation.lexicalRank).toBe(null);
  expect(of('Refunds').explanation.cosine).toBeGreaterThan(of('Gift cards').explanation.cosine ?? 1);
});

test('without a vector nothing is said of meaning', async () => {
  const { space } = knowledge.deps.encoder;
  const away = { ...knowledge.deps.encoder, space: { ...space, model: 'another' } };
  const { results } = await search(
    { db: knowledge.deps.db, encoder: away },
    { workspaceId, query: 'refund', history: [], limit: 3, audiences: ['public'], explain: true },
  );
  expect(results[0]?.explanation).toMatchObject({ lexicalRank: 1, semanticRank: null, cosine: null, semanticShare: 0 });
});
