import type { Db } from '../db/pool.ts';
import type { Token } from './analyze.ts';
import { findWordCounts } from './stats-queries.ts';

const lettersMin = 4;
const lettersMax = 20;
/** Of a long text with many unknown words only the first are looked at. */
const wordsMax = 8;
const alphabet = [...'abcdefghijklmnopqrstuvwxyz'];

const correctable = (word: string) => word.length >= lettersMin && word.length <= lettersMax && /^\p{L}+$/u.test(word);

/** Everything at Damerau–Levenshtein distance 1: a letter lost, added, replaced, or two neighbours swapped. */
export function neighbours(word: string): string[] {
  const letters = [...new Set([...alphabet, ...word])];
  const found = new Set<string>();
  for (let at = 0; at <= word.length; at += 1) {
    const [left, right] = [word.slice(0, at), word.slice(at)];
    if (right) found.add(left + right.slice(1));
    if (right.length > 1) found.add(`${left}${right[1]}${right[0]}${right.slice(2)}`);
    for (const letter of letters) {
      found.add(left + letter + right);
      if (right) found.add(left + letter + right.slice(1));
    }
  }
  found.delete(word);
  return [...found].filter((candidate) => candidate.length >= lettersMin);
}

/** What each word that no document has may have been meant as: the most frequent word one slip away, if there is one. */
export async function correctSpelling(db: Db, workspaceId: string, unknown: Token[]): Promise<Map<string, string>> {
  const words = [...new Set(unknown.map((token) => token.word).filter(correctable))].slice(0, wordsMax);
  if (words.length === 0) return new Map();
  const candidates = new Map(words.map((word) => [word, neighbours(word)]));
  const counts = await findWordCounts(db, workspaceId, [...new Set([...candidates.values()].flat())]);
  const corrections = new Map<string, string>();
  for (const [word, near] of candidates) {
    const [best] = near
      .filter((one) => counts.has(one))
      .toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (a < b ? -1 : 1));
    if (best) corrections.set(word, best);
  }
  return corrections;
}
