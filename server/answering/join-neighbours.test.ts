import { expect, test } from 'vitest';
import type { SearchResult } from '../../protocol/knowledge.ts';
import type { Neighbour } from '../knowledge/neighbour-queries.ts';
import { goesOn, joinNeighbours, listGoesOn, partsOf, type Reading, readTogether } from './join-neighbours.ts';

const chunk = (chunkId: string, text: string, headingPath = ['Setup']): SearchResult => ({
  documentId: 'document',
  externalId: null,
  chunkId,
  title: 'Setup',
  url: null,
  headingPath,
  text,
  score: 1,
  lexical: 1,
  semantic: 1,
});
const near = (result: SearchResult, of: string, place: Neighbour['place'], tokens = 100): Neighbour => {
  const { score, lexical, semantic, ...found } = result;
  return { ...found, of, place, tokens };
};
const ids = (readings: Reading[]) => readings.map((reading) => reading.map((source) => source.chunkId).join('+'));

const first = chunk('a', 'Do this:\n\n1. Unplug it.\n2. Wait.');
const second = chunk('b', '3. Plug it in.\n4. Done.');
const other = chunk('c', 'Something else.', ['Cleaning']);

test.each<[string, SearchResult, SearchResult, boolean]>([
  ['the same heading', first, second, true],
  ['another heading', second, other, false],
  ['a heading of its own', first, chunk('d', '## Next\n\nText.'), false],
  ['the last heading inside', chunk('d', 'Text.\n\n## More\n\nLong.'), chunk('e', 'Goes on.', ['Setup', 'More']), true],
  ['the heading above the last one', chunk('d', 'Text.\n\n## More\n\nLong.'), chunk('e', 'Goes on.'), false],
  ['what is a comment in code', chunk('d', '```\n# no heading\n```'), chunk('e', 'Goes on.'), true],
])('a section goes on under %s: %#', (_, one, next, expected) => {
  expect(goesOn(one, next)).toBe(expected);
});

test('a list goes on where the next chunk begins with a later item', () => {
  expect(listGoesOn(first, second)).toBe(true);
  expect(listGoesOn(first, chunk('d', '1. Another list.'))).toBe(false);
  expect(listGoesOn(chunk('d', '1. One.\n\nAnd a text.'), second)).toBe(false);
});

test('a chunk is read with what follows it in its section, and with the items before it', () => {
  expect(ids(joinNeighbours([first], [near(second, 'a', 'after')]))).toEqual(['a+b']);
  expect(ids(joinNeighbours([second], [near(first, 'b', 'before'), near(other, 'b', 'after')]))).toEqual(['a+b']);
});

test('what joins is marked, and a result that joins a better one keeps its scores and comes once', () => {
  const [reading] = joinNeighbours([first], [near(second, 'a', 'after')]);
  expect(reading?.[1]).toMatchObject({ chunkId: 'b', joinedTo: 'a', score: 1, lexical: 0 });
  const results = [first, other, { ...second, score: 0.3 }];
  const readings = joinNeighbours(results, [near(second, 'a', 'after'), near(first, 'b', 'before')]);
  expect(ids(readings)).toEqual(['a+b', 'c']);
  expect(readings[0]?.[1]).toEqual({ ...second, score: 0.3 });
});

test('nothing joins where there is no room', () => {
  expect(ids(joinNeighbours([first], [near(second, 'a', 'after', 200)], 199))).toEqual(['a']);
});

test('a stretch that runs over is given back in parts, each word for word in its chunk', () => {
  const reading: Reading = [first, second];
  const { text } = readTogether(reading);
  expect(text).toBe('Do this:\n\n1. Unplug it.\n2. Wait.\n3. Plug it in.\n4. Done.');
  expect(partsOf(reading, text).map(({ source, quote }) => [source.chunkId, quote])).toEqual([
    ['a', first.text],
    ['b', second.text],
  ]);
  expect(partsOf(reading, '3. Plug it in.').map(({ source, quote }) => [source.chunkId, quote])).toEqual([
    ['b', '3. Plug it in.'],
  ]);
});
