import type { Db } from '../db/pool.ts';
import type { Token } from './analyze.ts';
import { commonWords } from './common-words.ts';
import { findSimilarWords } from './stats-queries.ts';

const lettersMin = 4;
const lettersMax = 20;
/** Of a long text with many unknown words only the first are looked at. */
const wordsMax = 32;

const correctable = (word: string) => word.length >= lettersMin && word.length <= lettersMax && /^\p{L}+$/u.test(word);

/** Damerau–Levenshtein distance 1: a letter lost, added or replaced, or two neighbours swapped. */
export function oneSlipApart(one: string, other: string): boolean {
  if (one.length > other.length) return oneSlipApart(other, one);
  if (other.length - one.length > 1 || one === other) return false;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  if (one.length < other.length) return one.slice(at) === other.slice(at + 1);
  const isSwap = one[at] === other[at + 1] && one[at + 1] === other[at];
  return one.slice(at + 1) === other.slice(at + 1) || (isSwap && one.slice(at + 2) === other.slice(at + 2));
}

/**
 * What each word that no document has may have been meant as: the most frequent word one slip away, if there is one. Where documents
 * are English, a common word is meant as it stands: who asks of Spain, the weather or a plane means no spin, no leather and no place.
 * Elsewhere it may well be a slip: who asks a German shop for its "product" means `Produkt`.
 */
export async function correctSpelling(
  db: Db,
  workspaceId: string,
  unknown: Token[],
  languages: string[],
): Promise<Map<string, string>> {
  const common = languages.includes('en') ? await commonWords() : new Set();
  const words = [...new Set(unknown.map((token) => token.word))]
    .filter((word) => correctable(word) && !common.has(word))
    .slice(0, wordsMax);
  if (words.length === 0) return new Map();
  const best = new Map<string, { word: string; documents: number }>();
  for (const { asked, word, documents } of await findSimilarWords(db, workspaceId, words)) {
    if (word.length < lettersMin || !oneSlipApart(asked, word)) continue;
    const known = best.get(asked);
    const isBetter = !known || documents > known.documents || (documents === known.documents && word < known.word);
    if (isBetter) best.set(asked, { word, documents });
  }
  return new Map([...best].map(([asked, { word }]) => [asked, word]));
}
