import { expect, test } from 'vitest';
import { hashNext, hashStart, isSpace, PieceCache } from './piece-cache.ts';

const hashOf = (piece: string) =>
  Array.from({ length: piece.length }, (_, at) => piece.charCodeAt(at)).reduce(hashNext, hashStart);

test('a piece is found where it stands in a text, and no other for it', () => {
  const cache = new PieceCache<string>();
  cache.set('boots', hashOf('boots'), 'found');
  expect(cache.get('two boots left', 4, 9, hashOf('boots'))).toBe('found');
  expect(cache.get('two boots left', 0, 3, hashOf('two'))).toBeUndefined();
  // another piece of the same hash
  expect(cache.get('two books left', 4, 9, hashOf('boots'))).toBeUndefined();
  expect(cache.get('boot', 0, 4, hashOf('boots'))).toBeUndefined();
});

test('of many pieces in one place four stay, those in use longest', () => {
  const cache = new PieceCache<number>();
  const hash = hashOf('any');
  const get = (piece: string) => cache.get(piece, 0, piece.length, hash);
  for (const [value, piece] of ['a', 'b', 'c', 'd'].entries()) cache.set(piece, hash, value);
  expect(get('d')).toBe(3);
  cache.set('e', hash, 4);
  expect(['a', 'b', 'c', 'd', 'e'].map(get)).toEqual([0, 1, undefined, 3, 4]);
});

test('a space is what a regular expression takes for one', () => {
  for (let code = 0; code < 65_536; code += 1) expect(isSpace(code)).toBe(/\s/.test(String.fromCharCode(code)));
});
