import { inverseDocumentFrequency } from './bm25f.ts';
import type { ChunkTerms } from './close-look-queries.ts';

/*
 * What a sum over a whole document does not see: whether the words of the question stand near each other. Measured on stems, so
 * that nothing is stemmed while somebody waits. Each text is read once, for where the question's stems stand in it; windows and
 * pairs then look at those places only.
 */

const windowTerms = 30;
const windowStep = 10;
const k1 = 3;
/** A word above the window, in the title or a heading, is worth as much as this many in it. */
const contextWeight = 3;

const saturate = (frequency: number) => ((k1 + 1) * frequency) / (k1 + frequency);

/**
 * The question's stems by small numbers: what each weighs, and which two of them are neighbours there. `ends`: 1 where a stem of the
 * question ends in these bits; nearly all stems of a text are told apart from them by that alone.
 */
export type Sought = { numbers: Map<number, number>; ends: Uint8Array; weights: number[]; pairs: Set<number> };

const endMask = 0xffff;

export function toSought(weights: ReadonlyMap<number, number>, sequence: readonly number[]): Sought {
  const numbers = new Map<number, number>();
  for (const term of [...weights.keys(), ...sequence]) if (!numbers.has(term)) numbers.set(term, numbers.size);
  const numberOf = (term: number | undefined) => numbers.get(term ?? 0) ?? 0;
  const ends = new Uint8Array(endMask + 1);
  for (const term of numbers.keys()) ends[term & endMask] = 1;
  return {
    numbers,
    ends,
    weights: [...numbers.keys()].map((term) => weights.get(term) ?? 0),
    pairs: new Set(sequence.slice(1).map((term, before) => numberOf(sequence[before]) * numbers.size + numberOf(term))),
  };
}

/** Where stems of the question stand in a text, in order: `places[i]` holds the one numbered `found[i]`. */
type Hits = { places: number[]; found: number[] };

function findHits(terms: Int32Array, { numbers, ends }: Sought): Hits {
  const hits: Hits = { places: [], found: [] };
  for (let place = 0; place < terms.length; place += 1) {
    const term = terms[place] ?? 0;
    if (ends[term & endMask] === 0) continue;
    const number = numbers.get(term);
    if (number === undefined) continue;
    hits.places.push(place);
    hits.found.push(number);
  }
  return hits;
}

/** A text with the places of the question's stems: in it, and in what stands above it. */
export type Sighting = { length: number; own: Hits; context: Hits };

export const look = ({ own, context }: ChunkTerms, sought: Sought): Sighting => ({
  length: own.length,
  own: findHits(own, sought),
  context: findHits(context, sought),
});

/** The best stretch of about sixty written words (thirty that count), read under its title: BM25F over the question's words. */
export function bestWindow({ length, own, context }: Sighting, { weights }: Sought): number {
  const counts = new Array<number>(weights.length).fill(0);
  let above = 0;
  const add = (number: number, count: number): number => {
    const before = counts[number] ?? 0;
    counts[number] = before + count;
    return (weights[number] ?? 0) * (saturate(before + count) - saturate(before));
  };
  for (const number of context.found) above += add(number, contextWeight);
  let best = above;
  const lastStart = Math.max(0, length - windowTerms);
  let first = 0;
  for (let start = 0; ; start = Math.min(start + windowStep, lastStart)) {
    while (first < own.places.length && (own.places[first] ?? 0) < start) first += 1;
    let score = above;
    let end = first;
    for (; end < own.places.length && (own.places[end] ?? 0) < start + windowTerms; end += 1) {
      score += add(own.found[end] ?? 0, 1);
    }
    for (let at = first; at < end; at += 1) counts[own.found[at] ?? 0] = (counts[own.found[at] ?? 0] ?? 0) - 1;
    if (score > best) best = score;
    if (start >= lastStart) return best;
  }
}

function countPairs({ places, found }: Hits, { pairs, weights }: Sought, counts: Map<number, number>): void {
  for (let at = 1; at < places.length; at += 1) {
    if (places[at] !== (places[at - 1] ?? 0) + 1) continue;
    const pair = (found[at - 1] ?? 0) * weights.length + (found[at] ?? 0);
    if (pairs.has(pair)) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
}

/** Neighbouring stems of the question that are neighbours in the text too, by how rare the pair is among the texts. */
export function pairScores(texts: Sighting[][], sought: Sought): number[] {
  const counts = texts.map((sightings) => {
    const found = new Map<number, number>();
    for (const { own, context } of sightings) {
      countPairs(context, sought, found);
      countPairs(own, sought, found);
    }
    return found;
  });
  const containing = new Map<number, number>();
  for (const found of counts) for (const pair of found.keys()) containing.set(pair, (containing.get(pair) ?? 0) + 1);
  return counts.map((found) => {
    let score = 0;
    for (const [pair, count] of found) {
      score += inverseDocumentFrequency(texts.length, containing.get(pair) ?? 0) * saturate(count);
    }
    return score;
  });
}
