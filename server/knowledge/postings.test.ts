import { describe, expect, test } from 'vitest';
import { addUp, bestNumbers, choosePostings, documentsPerBlock, type Tier, weightGrade } from './postings.ts';

const count = (...byTier: [number, number, number, number]) => {
  const [zero, one, two, three] = byTier;
  return { documents: zero + one + two + three, tiers: { 0: zero, 1: one, 2: two, 3: three } };
};
/** Each a number, and the grade within the tier. */
const entries = (...of: [number, number][]) => {
  const bytes = Buffer.alloc(of.length * 2);
  for (const [at, [number, grade]] of of.entries()) bytes.writeUInt16BE(4 * number + grade, 2 * at);
  return bytes;
};

test('the heavier a weight, the higher its grade; four of them make a tier', () => {
  expect([0, 0.2, 0.3, 1.0499, 1.05, 1.2, 1.6, 2.2999, 2.3, 3.9, 4].map(weightGrade)).toEqual([
    0, 0, 1, 3, 4, 5, 8, 11, 12, 15, 15,
  ]);
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
    { term: 7, tier: 3 as Tier, weight: 2 },
    { term: 9, tier: 0 as Tier, weight: 2 },
  ];
  const { from, scores } = addUp(lists, [
    { term: 7, tier: 3, block: 0, entries: entries([0, 3], [300, 0]) },
    { term: 9, tier: 0, block: 0, entries: entries([300, 2], [documentsPerBlock - 1, 0]) },
    { term: 9, tier: 0, block: 1, entries: entries([5, 3]) },
  ]);
  expect(from).toBe(0);
  const found = [...scores.entries()].filter(([, score]) => score > 0);
  // of 10.1 that both terms together may say
  const share = (weight: number) => (2 * weight * 32_767) / 10.1;
  const [heaviest, heavy] = [2.3 + 3.5 * 0.425, 2.3 + 0.5 * 0.425];
  const expected = [
    [0, share(heaviest)],
    [300, share(heavy) + share(2.5 * 0.2625)],
    [documentsPerBlock - 1, share(0.5 * 0.2625)],
    [documentsPerBlock + 5, share(3.5 * 0.2625)],
  ] as const;
  expect(found.map(([number]) => number)).toEqual(expected.map(([number]) => number));
  for (const [at, [, score]] of expected.entries()) expect(Math.abs((found[at]?.[1] ?? 0) - score)).toBeLessThan(2);
});

test('lists of high numbers take no more room than others', () => {
  const block = 60_000;
  const added = addUp(
    [{ term: 7, tier: 3, weight: 2 }],
    [{ term: 7, tier: 3, block, entries: entries([4, 0], [9, 0]) }],
  );
  expect(added.scores).toHaveLength(documentsPerBlock);
  expect(bestNumbers(added, 10)).toEqual([block * documentsPerBlock + 4, block * documentsPerBlock + 9]);
  expect(addUp([], []).scores).toHaveLength(0);
});

test('a document is found by the commonest of all words beside the rarest', () => {
  const lists = [
    { term: 7, tier: 3 as Tier, weight: 7 },
    { term: 9, tier: 0 as Tier, weight: 1e-6 },
  ];
  const added = addUp(lists, [
    { term: 7, tier: 3, block: 0, entries: entries([8, 3]) },
    { term: 9, tier: 0, block: 0, entries: entries([2, 3], [8, 0]) },
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
