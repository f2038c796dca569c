import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { hashNext, hashStart, isSpace, PieceCache } from './piece-cache.ts';

const exactCharactersMax = 20_000;
const runCharactersMax = 400;
/** Longer pieces are names, addresses and base64, which hardly come twice. */
const cachedCharactersMax = 32;

/** Nothing is special in a document: it may write of `<|endoftext|>`. */
const asText = { disallowedSpecial: new Set<string>() };

const known = new PieceCache<number>();

const isLetterOrDigit = (code: number) =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);

const space = 32;
const lineFeed = 10;
const slash = 47;

function countPiece(text: string, start: number, end: number, hash: number): number {
  if (end - start > cachedCharactersMax) return countTokens(text.slice(start, end), asText);
  const counted = known.get(text, start, end, hash);
  if (counted !== undefined) return counted;
  const piece = text.slice(start, end);
  const tokens = countTokens(piece, asText);
  known.set(piece, hash, tokens);
  return tokens;
}

/**
 * The tokens of o200k_base: exact for text, an estimate for what is not (base64, a line of 20,000 characters), which would cost
 * quadratic time.
 *
 * Texts repeat their words, so they are counted by pieces that no token reaches across: a token holds a space only before what it says,
 * and a line's end only after marks such as a full stop. A piece begins with the space before a word, at a line's first character
 * (but for a slash, which goes with the marks before the line), and with the space that follows a letter or digit.
 */
export function tokensOf(text: string): number {
  const estimate = Math.ceil(text.length / 3);
  if (text.length > exactCharactersMax) return estimate;
  let tokens = 0;
  let start = 0;
  let hash = hashStart;
  /** Of the piece without its last character. */
  let hashBefore = hashStart;
  let run = 0;
  let before = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) {
      if (isLetterOrDigit(before)) {
        tokens += countPiece(text, start, at, hash);
        start = at;
        hash = hashStart;
      }
      run = 0;
    } else {
      run += 1;
      if (run === runCharactersMax) return estimate;
      if (run === 1 && before === space && start < at - 1) {
        tokens += countPiece(text, start, at - 1, hashBefore);
        start = at - 1;
        hash = hashNext(hashStart, space);
      } else if (run === 1 && before === lineFeed && code !== slash) {
        tokens += countPiece(text, start, at, hash);
        start = at;
        hash = hashStart;
      }
    }
    hashBefore = hash;
    hash = hashNext(hash, code);
    before = code;
  }
  return start < text.length ? tokens + countPiece(text, start, text.length, hash) : tokens;
}
