import { expect, test } from 'vitest';
import { changedMost, pairSets } from './retrieval-compare.ts';
import type { AskedQuestion, EvaluatedSet } from './retrieval-run.ts';

const asked = (id: string, ranked: string[], gold = ['a']): AskedQuestion => ({
  id,
  question: `what of ${id}?`,
  gold,
  ranked,
  score: 1,
  confidence: 0.5,
  plain: { ranked: [], confidence: 0 },
  ms: 1,
});
const set = (...questions: AskedQuestion[]): EvaluatedSet => ({
  name: 'help',
  documents: 3,
  chunks: 3,
  indexingSeconds: 1,
  questions,
});

test('questions are paired by their ids, whatever their order, and the others are counted', () => {
  const pair = pairSets(set(asked('1', ['a']), asked('2', ['b'])), set(asked('3', []), asked('2', ['a'])));
  expect(pair.before.map(({ id }) => id)).toEqual(['2']);
  expect(pair.after.map(({ ranked }) => ranked)).toEqual([['a']]);
  expect(pair.unpaired).toBe(2);
});

test('the questions whose right document moved most come first, and what stayed is left out', () => {
  const before = set(asked('down', ['b', 'a']), asked('same', ['a']), asked('up', ['b']), asked('lost', ['a']));
  const after = set(
    asked('down', ['b', 'c', 'a']),
    asked('same', ['a']),
    asked('up', ['b', 'a']),
    asked('lost', ['b']),
  );
  const changes = changedMost(pairSets(before, after), 10);
  expect(changes.map(({ id, before: from, after: to }) => [id, from, to])).toEqual([
    ['lost', 1, undefined],
    ['up', undefined, 2],
    ['down', 2, 3],
  ]);
  expect(changedMost(pairSets(before, after), 1)).toHaveLength(1);
});
