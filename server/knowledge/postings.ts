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

export type Tier = 0 | 1 | 2 | 3;
const tiers: readonly Tier[] = [3, 2, 1, 0];

/**
 * The weights of a term (see termWeights) in each tier; they end at 4. Each of the four holds 15 to 40 % of the postings of help
 * articles.
 */
const tierWeights: Record<Tier, { from: number; to: number }> = {
  0: { from: 0, to: 1.05 },
  1: { from: 1.05, to: 1.6 },
  2: { from: 1.6, to: 2.3 },
  3: { from: 2.3, to: 4 },
};
/** Within its tier a weight has one of four grades, all as wide. */
const gradesPerTier = 4;
const gradeWidth = (tier: Tier) => (tierWeights[tier].to - tierWeights[tier].from) / gradesPerTier;

/**
 * How much a term weighs in a whole document, 0 to 15: four times its tier, and its grade in that. Stored with it: who moves where they
 * begin has all documents indexed anew.
 */
export function weightGrade(weight: number): number {
  const tier = tiers.find((one) => weight >= tierWeights[one].from) ?? 0;
  const within = Math.floor((weight - tierWeights[tier].from) / gradeWidth(tier));
  return gradesPerTier * tier + Math.min(gradesPerTier - 1, Math.max(0, within));
}

/** The weight in the middle of each of the tier's grades. */
const gradeMeans = (tier: Tier): number[] =>
  Array.from({ length: gradesPerTier }, (_, grade) => tierWeights[tier].from + (grade + 0.5) * gradeWidth(tier));

/** In how many documents a term stands, and in how many of them in each tier. */
export type TermCount = { documents: number; tiers: Record<Tier, number> };

/** The list of a term in a tier, and how much the question gives the term. */
export type PostingList = { term: number; tier: Tier; weight: number };

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
      list: { term, tier, weight },
      most: weight * tierWeights[tier].to,
      length: counts.get(term)?.tiers[tier] ?? 0,
    })),
  );
  const chosen: PostingList[] = [];
  let read = 0;
  for (const { list, length } of offers.sort((one, other) => other.most - one.most)) {
    if (length <= 0 || (read > 0 && read + length > postingsMax)) continue;
    read += length;
    chosen.push(list);
  }
  return chosen;
}

/** Documents in a row of the lists: their numbers fit fourteen bits, and adding one to the row writes 32 KB at most. */
export const documentsPerBlock = 16_384;

/**
 * A row of a list: for each document two bytes, the higher one first. The upper fourteen bits are its number within the block, the
 * lower two the grade within the tier.
 */
export type PostingBlock = { term: number; tier: Tier; block: number; entries: Buffer };

/** Scores are whole numbers; this is about the most that a document may have. */
const scoreMax = 32_767;

/** By the number of a document, less `from`: numbers are never given twice, so those of lists made anew lie far from 0. */
export type Scores = { from: number; scores: Uint16Array };

/**
 * What the lists say of each document, added up: 1 to 32,767, and a little more where many of them say next to nothing. 0 where no
 * list has it.
 */
export function addUp(lists: PostingList[], blocks: PostingBlock[]): Scores {
  const most = new Map<number, number>();
  for (const { term, tier, weight } of lists)
    most.set(term, Math.max(most.get(term) ?? 0, weight * tierWeights[tier].to));
  const scale = scoreMax / Math.max(Number.MIN_VALUE, sum(most.values()));
  const gainsOf = new Map(
    lists.map(({ term, tier, weight }) => [
      4 * term + tier,
      Uint16Array.from(gradeMeans(tier), (mean) => Math.max(1, Math.floor(weight * mean * scale))),
    ]),
  );
  const last = blocks.reduce((max, { block }) => Math.max(max, block), -1);
  const first = blocks.reduce((min, { block }) => Math.min(min, block), last + 1);
  const scores = new Uint16Array((last + 1 - first) * documentsPerBlock);
  for (const { term, tier, block, entries } of blocks) {
    const gains = gainsOf.get(4 * term + tier);
    if (!gains) continue;
    const from = (block - first) * documentsPerBlock;
    for (let at = 0; at + 1 < entries.length; at += 2) {
      const entry = ((entries[at] ?? 0) << 8) | (entries[at + 1] ?? 0);
      const number = from + (entry >> 2);
      scores[number] = (scores[number] ?? 0) + (gains[entry & 3] ?? 0);
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
