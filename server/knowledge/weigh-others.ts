import type { Token } from './analyze.ts';
import { inverseDocumentFrequency } from './bm25f.ts';
import type { Corpus } from './ground-queries.ts';
import type { TermCount } from './postings.ts';

/** .3 to .8 are flat. */
const otherWeight = 0.5;

/** What says the same weighs less, and never more than the rarest of what it stands for. */
export function weighOthers(
  others: ReadonlyMap<number, number[]>,
  weights: ReadonlyMap<number, number>,
  counts: ReadonlyMap<number, TermCount>,
  corpus: Corpus,
): [number, number][] {
  return [...others].flatMap(([term, standsFor]): [number, number][] => {
    const count = counts.get(term);
    if (!count || weights.has(term)) return [];
    const said = standsFor.flatMap((stem) => weights.get(stem) ?? []);
    const own = inverseDocumentFrequency(corpus.documents, count.documents);
    return [[term, otherWeight * (said.length > 0 ? Math.min(own, Math.max(...said)) : own)]];
  });
}

/**
 * What the words weigh that no document has, however they are stemmed and spelt: as what says the same, where there is something,
 * else as the rarest of all.
 */
export function weighStrange(
  tokens: Token[],
  others: ReadonlyMap<number, number[]>,
  counts: ReadonlyMap<number, TermCount>,
  corrections: ReadonlyMap<string, string>,
  corpus: Corpus,
): number {
  const known = new Set(tokens.filter(({ term }) => counts.has(term)).map(({ word }) => word));
  const strange = tokens.filter(({ word, code }) => code !== 'whole' && !known.has(word) && !corrections.has(word));
  const weights = new Map<string, number>();
  for (const { word, term } of strange) {
    const same = [...others].flatMap(([other, standsFor]) =>
      standsFor.includes(term) ? (counts.get(other) ?? []) : [],
    );
    const documents = Math.max(0, ...same.map((count) => count.documents));
    weights.set(word, inverseDocumentFrequency(corpus.documents, documents));
  }
  return [...weights.values()].reduce((sum, weight) => sum + weight, 0);
}
