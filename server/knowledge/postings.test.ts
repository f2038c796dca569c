import { describe, expect, test } from 'vitest';
import { addUp, bestNumbers, choosePostings, documentsPerBlock, type Tier, weightTier } from './postings.ts';

const count = (...byTier: [number, number, number, number]) => {
  const [zero, one, two, three] = byTier;
  return { documents: zero + one + two + three, tiers: { 0: zero, 1: one, 2: two, 3: three } };
};
const numbers = (...of: number[]) => {
  const bytes = Buffer.alloc(of.length * 2);
  for (const [at, number] of of.entries()) bytes.writeUInt16BE(number, 2 * at);
  return bytes;
};

test('a weight falls into the tier that its lists are looked up by', () => {
  expect([0.2, 1.0499, 1.05, 1.6, 2.2999, 2.3, 3.9].map(weightTier)).toEqual([0, 0, 1, 2, 2, 3, 3]);
});

describe('the lists that are read', () => {
  const weights = new Map([
    [1, 5],
    [2, 1],
  ]);
  const read = (postingsMax: number, counts: Map<number, ReturnType<typeof count>>) =>
    choosePostings(weights, counts, postingsMax).map(({ term, tier }) => [term, tier]);

  test('are those that may gain most, as long as there is room; one that is too long makes room for others', () => {
    const counts = new Map([
      [1, count(900, 0, 0, 10)],
      [2, count(20, 5, 0, 30)],
    ]);
    expect(read(100, counts)).toEqual([
      [1, 3],
      [2, 3],
      [2, 1],
      [2, 0],
    ]);
    expect(read(1_000, counts).length).toBe(5);
  });

  test('are never none: the first is read however long it is', () => {
    expect(read(10, new Map([[1, count(0, 0, 0, 500)]]))).toEqual([[1, 3]]);
  });

  test('are none where no document has the terms', () => {
    expect(read(10, new Map())).toEqual([]);
  });
});

test('what lists say of a document adds up, by its number, over blocks', () => {
  const lists = [
    { term: 7, tier: 3 as Tier, gain: 2 },
    { term: 9, tier: 0 as Tier, gain: 0.5 },
  ];
  const { from, scores } = addUp(lists, [
    { term: 7, tier: 3, block: 0, numbers: numbers(0, 300) },
    { term: 9, tier: 0, block: 0, numbers: numbers(300, documentsPerBlock - 1) },
    { term: 9, tier: 0, block: 1, numbers: numbers(5) },
  ]);
  expect(from).toBe(0);
  const found = new Map([...scores.entries()].filter(([, score]) => score > 0));
  // of 2.5 that both terms together may say
  expect(found).toEqual(
    new Map([
      [0, Math.floor(0.8 * 32_767)],
      [300, Math.floor(0.8 * 32_767) + Math.floor(0.2 * 32_767)],
      [documentsPerBlock - 1, Math.floor(0.2 * 32_767)],
      [documentsPerBlock + 5, Math.floor(0.2 * 32_767)],
    ]),
  );
});

test('lists of high numbers take no more room than others', () => {
  const block = 60_000;
  const added = addUp([{ term: 7, tier: 3, gain: 2 }], [{ term: 7, tier: 3, block, numbers: numbers(4, 9) }]);
  expect(added.scores).toHaveLength(documentsPerBlock);
  expect(bestNumbers(added, 10)).toEqual([block * documentsPerBlock + 4, block * documentsPerBlock + 9]);
  expect(addUp([], []).scores).toHaveLength(0);
});

test('a document is found by the commonest of all words beside the rarest', () => {
  const lists = [
    { term: 7, tier: 3 as Tier, gain: 7 },
    { term: 9, tier: 0 as Tier, gain: 1e-6 },
  ];
  const added = addUp(lists, [
    { term: 7, tier: 3, block: 0, numbers: numbers(8) },
    { term: 9, tier: 0, block: 0, numbers: numbers(2, 8) },
  ]);
  expect(bestNumbers(added, 10)).toEqual([8, 2]);
});

describe('the best numbers', () => {
  const bestOf = (scores: Uint16Array, limit: number) => bestNumbers({ from: 0, scores }, limit);

  test('come best first, as many as asked for', () => {
    const scores = Uint16Array.from({ length: 5_000 }, (_, at) => ((at * 7_919) % 5_000) * 3);
    const wanted = [...scores.entries()].toSorted((one, other) => other[1] - one[1]).slice(0, 40);
    expect(bestOf(scores, 40)).toEqual(wanted.map(([at]) => at));
  });

  test('are all that have a score where these are few, and none where there is none', () => {
    expect(bestOf(Uint16Array.from([0, 3, 0, 1]), 10)).toEqual([1, 3]);
    expect(bestOf(new Uint16Array(8), 10)).toEqual([]);
    expect(bestOf(new Uint16Array(0), 10)).toEqual([]);
  });

  test('are as many as asked for among equals', () => {
    expect(bestOf(new Uint16Array(500).fill(2), 30)).toHaveLength(30);
  });
});
