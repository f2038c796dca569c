/*
 * Candidates by words: a row of the index holds a key for each of its terms, mixed of the term, how much it weighs there (its
 * tier) and the row's facet. A search takes the keys that may gain most until they stand for as many rows as it may look at.
 */

/** Where the tiers 1, 2 and 3 begin: each of the four holds 15 to 40 % of the postings of help articles. As in migration 7. */
const tierStarts = [1.05, 1.6, 2.3] as const;
/** About the most that a term of the tier weighs; the weights of BM25F end at 4. */
const tierTops = [1.05, 1.6, 2.3, 3.7] as const;

export type Tier = 0 | 1 | 2 | 3;
const tiers: readonly Tier[] = [3, 2, 1, 0];

export function weightTier(weight: number): Tier {
  const [first, second, third] = tierStarts;
  if (weight < first) return 0;
  if (weight < second) return 1;
  return weight < third ? 2 : 3;
}

/** As the function term_key of migration 7. Every product stays below 2^53. */
export const termKey = (term: number, tier: Tier, facet: number): number =>
  (term * 2_654_435 + facet * 1_640_531 + tier * 715_827_883) % 2_147_483_647;

/** The keys of a row of the index. */
export const termKeys = (weights: ReadonlyMap<number, number>, facet: number): number[] =>
  [...weights].map(([term, weight]) => termKey(term, weightTier(weight), facet));

/** In how many documents a term stands, and in how many of them in each tier. */
export type TermCount = { documents: number; tiers: Record<Tier, number> };

export type Facet = { key: number; documents: number; vectors: number };

/**
 * The keys worth looking up: by falling gain (what the question gives the term, times the most it weighs in the tier) until their
 * rows fill the budget. A term that nobody has counted yet may stand in a new document: it costs nothing and is always looked up.
 * A key too large for what is left is passed over; once half is spent, it ends the choice. The first is always taken.
 */
export function chooseKeys(
  weights: Map<number, number>,
  counts: Map<number, TermCount>,
  facets: Facet[],
  share: number,
  budget: number,
): number[] {
  const offers = [...weights].flatMap(([term, weight]) =>
    tiers.map((tier) => ({
      term,
      tier,
      gain: weight * tierTops[tier],
      rows: (counts.get(term)?.tiers[tier] ?? 0) * share,
    })),
  );
  const uncounted = [...weights.keys()].filter((term) => !counts.has(term));
  const chosen = uncounted.flatMap((term) =>
    tiers.flatMap((tier) => facets.map((facet) => termKey(term, tier, facet.key))),
  );
  let spent = 0;
  for (const { term, tier, rows } of offers.toSorted((one, other) => other.gain - one.gain)) {
    if (rows <= 0) continue;
    if (spent > 0 && spent + rows > budget) {
      if (spent > budget / 2) break;
      continue;
    }
    spent += rows;
    for (const facet of facets) chosen.push(termKey(term, tier, facet.key));
  }
  return chosen;
}
