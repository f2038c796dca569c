import { expect, test } from 'vitest';
import type { SearchResult } from '../../protocol/knowledge.ts';
import { rerankResults } from './rerank-results.ts';

const result = (number: number, more: Partial<SearchResult> = {}): SearchResult => ({
  documentId: 'document',
  externalId: null,
  chunkId: String(number),
  title: 'Returns',
  url: null,
  headingPath: ['Returns', 'Boots'],
  text: `Text ${number}.`,
  score: 1 - number / 100,
  lexical: 1,
  semantic: 1,
  ...more,
});
const results = Array.from({ length: 40 }, (_, index) => result(index));
const ids = (list: SearchResult[] | undefined) => list?.map(({ chunkId }) => Number(chunkId));

test('the reranker reads title, headings and text, 2,000 characters of each', async () => {
  const read: string[] = [];
  const reranker = {
    rerank: async (_: string, texts: string[]) => {
      read.push(...texts);
      return texts.map(() => 0.5);
    },
  };
  await rerankResults(reranker, 'q', [result(1), result(2, { text: 'x'.repeat(3_000) })], undefined);
  expect(read[0]).toBe('Returns\nBoots\nText 1.');
  expect(read[1]).toHaveLength(2_000);
});

test('the best thirty come in its order, the rest after them in theirs, with scores that never rise', async () => {
  const reranker = { rerank: async (_: string, texts: string[]) => texts.map((_text, index) => (index + 1) / 31) };
  const ordered = await rerankResults(reranker, 'q', results, undefined);
  expect(ids(ordered)).toEqual([
    ...Array.from({ length: 30 }, (_, index) => 29 - index),
    ...(ids(results) ?? []).slice(30),
  ]);
  const scores = ordered?.map(({ score }) => score);
  expect(scores).toEqual(scores?.toSorted((one, other) => other - one));
});

test('equal scores leave the order as it was', async () => {
  const reranker = { rerank: async (_: string, texts: string[]) => texts.map(() => 0.5) };
  expect(ids(await rerankResults(reranker, 'q', results, undefined))).toEqual(ids(results));
});

test('there is no order without scores, nor without results', async () => {
  expect(await rerankResults({ rerank: async () => undefined }, 'q', results, undefined)).toBeUndefined();
  expect(await rerankResults({ rerank: async () => [] }, 'q', [], undefined)).toBeUndefined();
});
