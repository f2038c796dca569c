import { type Run, runsOf } from './identifiers.ts';
import { hashNext, hashStart, isSpace, PieceCache } from './piece-cache.ts';
import { englishStopWords } from './stop-words.ts';

/** What is indexed was read by these rules: whoever changes which terms a text has counts it up, and documents are indexed anew. */
export const analysisVersion = 2;

/**
 * A word as it is written (lower case, without accents) and the number of its stem, 1 to 1,000,000,000. A code, version, path or
 * product name comes whole, and then in its parts: `err4711`, `err`, `4711`.
 */
export type Token = { word: string; term: number; code?: 'whole' | 'part' };
export type Analyze = (text: string) => Token[];

/** The dimension of the sparse vectors in the index; a term is a coordinate of it. */
export const termSpace = 1_000_000_000;

type Stem = (word: string) => string;

/** Snowball's and Porter's stemmers by language; a language without one is searched by whole words. */
const stemmers: Record<string, () => Promise<{ stemmer: Stem }>> = {
  ar: () => import('@orama/stemmers/arabic'),
  bg: () => import('@orama/stemmers/bulgarian'),
  da: () => import('@orama/stemmers/danish'),
  de: () => import('@orama/stemmers/german'),
  el: () => import('@orama/stemmers/greek'),
  en: () => import('@orama/stemmers/english'),
  es: () => import('@orama/stemmers/spanish'),
  fi: () => import('@orama/stemmers/finnish'),
  fr: () => import('@orama/stemmers/french'),
  hu: () => import('@orama/stemmers/hungarian'),
  it: () => import('@orama/stemmers/italian'),
  nl: () => import('@orama/stemmers/dutch'),
  no: () => import('@orama/stemmers/norwegian'),
  nb: () => import('@orama/stemmers/norwegian'),
  pt: () => import('@orama/stemmers/portuguese'),
  ro: () => import('@orama/stemmers/romanian'),
  ru: () => import('@orama/stemmers/russian'),
  sv: () => import('@orama/stemmers/swedish'),
  tr: () => import('@orama/stemmers/turkish'),
};

/** Scripts that put no spaces between words: found by pairs of neighbouring characters. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;
const hasUnspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Where a mark on a letter is an accent; in other scripts it is a vowel, or another letter. */
const accents = /([\p{Script=Latin}\p{Script=Greek}])\p{M}+/gu;
const wordCharactersMax = 64;
const cacheMax = 50_000;
const space = 32;

/** FNV-1a, spread once more: neighbouring words must not be neighbouring numbers. */
export function hashTerm(stem: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < stem.length; at += 1) hash = Math.imul(hash ^ stem.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) % termSpace) + 1;
}

function pairs(run: string): string[] {
  const characters = [...run];
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

type Word = Omit<Token, 'term'>;

const toWords = ({ whole, words }: Run): Word[] =>
  whole === undefined
    ? words.map((word) => ({ word }))
    : [{ word: whole, code: 'whole' }, ...words.map((word): Word => ({ word, code: 'part' }))];

/** Lower case, one width, no accents; with spaces around what is written without. */
function plainOf(text: string): string {
  const lower = text.toLowerCase();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the common case, and needs none of this
  if (!/[^\x00-\x7f]/.test(lower)) return lower;
  const plain = lower.normalize('NFKD').replace(accents, '$1').normalize('NFC');
  return hasUnspaced.test(plain) ? plain.replace(unspaced, ' $& ') : plain;
}

/** The words of what stands between two spaces. */
function wordsOf(piece: string): Word[] {
  if (!hasUnspaced.test(piece)) return runsOf(piece).flatMap(toWords);
  return (piece.match(unspaced) ?? []).flatMap(pairs).map((word) => ({ word }));
}

const language = (locale: string) => locale.split('-')[0]?.toLowerCase() ?? 'en';

async function createAnalyzer(of: string): Promise<Analyze> {
  const stem = (await stemmers[of]?.())?.stemmer ?? ((word: string) => word);
  const stopWords = of === 'en' ? englishStopWords : new Set<string>();
  const terms = new Map<string, number>();
  function termOf(word: string): number {
    const known = terms.get(word);
    if (known !== undefined) return known;
    if (terms.size >= cacheMax) terms.clear();
    const term = hashTerm(stem(word));
    terms.set(word, term);
    return term;
  }
  const read = (piece: string): Token[] =>
    wordsOf(piece)
      .filter(({ word }) => word.length <= wordCharactersMax && !stopWords.has(word))
      .map((one) => ({ ...one, term: termOf(one.word) }));
  /** Texts repeat their words: most are read once, with the comma after them. */
  const known = new PieceCache<Token[]>();
  function readPiece(text: string, start: number, end: number, hash: number): Token[] {
    if (end - start > wordCharactersMax) return read(text.slice(start, end));
    const found = known.get(text, start, end, hash);
    if (found) return found;
    const piece = text.slice(start, end);
    const tokens = read(piece);
    known.set(piece, hash, tokens);
    return tokens;
  }
  return (text) => {
    const plain = plainOf(text);
    const found: Token[] = [];
    let start = 0;
    let hash = hashStart;
    for (let at = 0; at <= plain.length; at += 1) {
      const code = at < plain.length ? plain.charCodeAt(at) : space;
      if (!isSpace(code)) {
        hash = hashNext(hash, code);
        continue;
      }
      if (at > start) {
        for (const token of readPiece(plain, start, at, hash)) found.push(token);
      }
      start = at + 1;
      hash = hashStart;
    }
    return found;
  };
}

const analyzers = new Map<string, Promise<Analyze>>();

/** Splits text into the words that count and their stems, by the rules of the locale's language. */
export function analyzerFor(locale: string): Promise<Analyze> {
  const of = language(locale);
  const known = analyzers.get(of) ?? createAnalyzer(of);
  analyzers.set(of, known);
  return known;
}

export { language as languageOf };
