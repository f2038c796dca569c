/*
 * Candidates by words: for each term there are lists of the documents that have it, one for each of four tiers of how much it weighs
 * there. A search reads the lists that may gain most, adds up what they say of each document, and has the best scored exactly. In the
 * lists a document is a number of the workspace's own, which no other document ever has.
 */

/**
 * Up to this many documents behind the filter, scoring the words of all is as fast as looking for candidates, and exact: a workspace of
 * fewer needs no lists.
 */
export const exactDocumentsMax = 1_000;

/** The weights (see termWeights) at which the tiers 1, 2 and 3 begin: each of the four holds 15 to 40 % of the postings of help articles. */
const tierStarts = [1.05, 1.6, 2.3] as const;
/** About the most that a term of the tier weighs, and about what it weighs on average; the weights of BM25F end at 4. */
const tierTops = [1.05, 1.6, 2.3, 3.7] as const;
const tierMeans = [0.75, 1.3, 1.95, 2.8] as const;

export type Tier = 0 | 1 | 2 | 3;
const tiers: readonly Tier[] = [3, 2, 1, 0];

/** By what a term weighs in a whole document. Stored with it: who moves where the tiers begin has all documents indexed anew. */
export function weightTier(weight: number): Tier {
  const [first, second, third] = tierStarts;
  if (weight < first) return 0;
  if (weight < second) return 1;
  return weight < third ? 2 : 3;
}

/** In how many documents a term stands, and in how many of them in each tier. */
export type TermCount = { documents: number; tiers: Record<Tier, number> };

/** The list of a term in a tier, and what it adds to the score of each document in it. */
export type PostingList = { term: number; tier: Tier; gain: number };

/**
 * The lists worth reading, by the most that they may gain (what the question gives the term, times the most it weighs in the tier),
 * until they hold `postingsMax` numbers together. One that is too long for what is left is passed over; the first is always read.
 */
export function choosePostings(
  weights: ReadonlyMap<number, number>,
  counts: ReadonlyMap<number, TermCount>,
  postingsMax: number,
): PostingList[] {
  const offers = [...weights].flatMap(([term, weight]) =>
    tiers.map((tier) => ({
      term,
      tier,
      most: weight * tierTops[tier],
      gain: weight * tierMeans[tier],
      length: counts.get(term)?.tiers[tier] ?? 0,
    })),
  );
  const chosen: PostingList[] = [];
  let read = 0;
  for (const { term, tier, gain, length } of offers.sort((one, other) => other.most - one.most)) {
    if (length <= 0 || (read > 0 && read + length > postingsMax)) continue;
    read += length;
    chosen.push({ term, tier, gain });
  }
  return chosen;
}

/** Documents in a row of the lists: their numbers fit two bytes, and adding one to the row writes 32 KB at most. */
export const documentsPerBlock = 16_384;

/** A row of a list: the numbers of documents within their block, two bytes each, the higher byte first. */
export type PostingBlock = { term: number; tier: Tier; block: number; numbers: Buffer };

/** Scores are whole numbers; about this one is that of a document that is in the best list of every term. */
const scoreMax = 32_767;

/** By the number of a document, less `from`: numbers are never given twice, so those of lists made anew lie far from 0. */
export type Scores = { from: number; scores: Uint16Array };

/**
 * What the lists say of each document, added up: 1 to 32,767, and a little more where many of them say next to nothing. 0 where no
 * list has it.
 */
export function addUp(lists: PostingList[], blocks: PostingBlock[]): Scores {
  const most = new Map<number, number>();
  for (const { term, gain } of lists) most.set(term, Math.max(most.get(term) ?? 0, gain));
  const scale = scoreMax / Math.max(Number.MIN_VALUE, sum(most.values()));
  const gains = new Map(lists.map(({ term, tier, gain }) => [4 * term + tier, Math.max(1, Math.floor(gain * scale))]));
  const last = blocks.reduce((max, { block }) => Math.max(max, block), -1);
  const first = blocks.reduce((min, { block }) => Math.min(min, block), last + 1);
  const scores = new Uint16Array((last + 1 - first) * documentsPerBlock);
  for (const { term, tier, block, numbers } of blocks) {
    const gain = gains.get(4 * term + tier) ?? 0;
    const from = (block - first) * documentsPerBlock;
    for (let at = 0; at + 1 < numbers.length; at += 2) {
      const number = from + (((numbers[at] ?? 0) << 8) | (numbers[at + 1] ?? 0));
      scores[number] = (scores[number] ?? 0) + gain;
    }
  }
  return { from: first * documentsPerBlock, scores };
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Scores are counted in steps of 32. */
const stepBits = 5;

/**
 * The numbers with the highest scores above 0, best first, the lower of equals first. It counts how many scores there are of each
 * step, and sorts only those of the steps that hold the best.
 */
export function bestNumbers({ from, scores }: Scores, limit: number): number[] {
  const counts = new Uint32Array((0xffff >> stepBits) + 1);
  for (let at = 0; at < scores.length; at += 1) {
    const step = (scores[at] ?? 0) >> stepBits;
    counts[step] = (counts[step] ?? 0) + 1;
  }
  let lowest = counts.length;
  for (let found = 0; lowest > 0 && found < limit; lowest -= 1) found += counts[lowest - 1] ?? 0;
  const scoreMin = Math.max(1, lowest << stepBits);
  const found: number[] = [];
  for (let at = 0; at < scores.length; at += 1) if ((scores[at] ?? 0) >= scoreMin) found.push(at);
  return found
    .sort((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0) || one - other)
    .slice(0, limit)
    .map((at) => from + at);
}
