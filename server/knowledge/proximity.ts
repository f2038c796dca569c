import { inverseDocumentFrequency } from './bm25f.ts';
import type { ChunkTerms } from './search-queries.ts';

/*
 * What a sum over a whole document does not see: whether the words of the question stand near each other. Measured on stems, so
 * that nothing is stemmed while somebody waits.
 */

const windowTerms = 30;
const windowStep = 10;
const k1 = 3;
/** A word above the window, in the title or a heading, is worth as much as this many in it. */
const contextWeight = 3;

const saturate = (frequency: number) => ((k1 + 1) * frequency) / (k1 + frequency);

/** The best stretch of about sixty written words (thirty that count), read under its title: BM25F over the question's words. */
export function bestWindow({ own, context }: ChunkTerms, weights: Map<number, number>): number {
  const above = new Map<number, number>();
  for (const term of context) if (weights.has(term)) above.set(term, (above.get(term) ?? 0) + contextWeight);
  let best = 0;
  const lastStart = Math.max(0, own.length - windowTerms);
  for (let start = 0; ; start = Math.min(start + windowStep, lastStart)) {
    const counts = new Map(above);
    for (let at = start; at < Math.min(start + windowTerms, own.length); at += 1) {
      const term = own[at];
      if (term !== undefined && weights.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
    }
    let score = 0;
    for (const [term, count] of counts) score += (weights.get(term) ?? 0) * saturate(count);
    if (score > best) best = score;
    if (start >= lastStart) return best;
  }
}

const pairKey = (one: number, other: number) => `${one} ${other}`;

/** Neighbouring stems of the question that are neighbours in the text too, by how rare the pair is among the texts. */
export function pairScores(sequence: number[], texts: ChunkTerms[][]): number[] {
  const asked = new Set(sequence.slice(1).map((term, index) => pairKey(sequence[index] ?? 0, term)));
  const firsts = new Set(sequence);
  const counts = texts.map((chunks) => {
    const found = new Map<string, number>();
    for (const terms of chunks.flatMap(({ own, context }) => [context, own])) {
      for (let at = 1; at < terms.length; at += 1) {
        const before = terms[at - 1];
        const term = terms[at];
        if (before === undefined || term === undefined || !firsts.has(before)) continue;
        const key = pairKey(before, term);
        if (asked.has(key)) found.set(key, (found.get(key) ?? 0) + 1);
      }
    }
    return found;
  });
  const containing = new Map<string, number>();
  for (const found of counts) for (const key of found.keys()) containing.set(key, (containing.get(key) ?? 0) + 1);
  return counts.map((found) => {
    let score = 0;
    for (const [key, count] of found) {
      score += inverseDocumentFrequency(texts.length, containing.get(key) ?? 0) * saturate(count);
    }
    return score;
  });
}
