import { expect, test } from 'vitest';
import { createRandom } from '../test/support/random.ts';
import { findPlateau, type Trial } from './retrieval-plateau.ts';

const values = [0, 0.2, 0.4, 0.6, 0.8];

/** Each question scores by its own chance plus what the value gives. */
function trials(heights: number[], sets = ['one', 'other']): Trial[] {
  return values.map((value, at) => ({
    value,
    sets: sets.map((name, index) => {
      const random = createRandom(index + 1);
      return { name, scores: Array.from({ length: 60 }, () => random.next() / 2 + (heights[at] ?? 0)) };
    }),
  }));
}

test('the plateau holds what is not worse than the best, and its middle is recommended', () => {
  const found = findPlateau(trials([0, 0.3, 0.3, 0.3, 0.1]));
  expect(found).toMatchObject({ from: 0.2, to: 0.6, recommended: 0.4 });
  expect(found.points.map(({ isOnPlateau }) => isOnPlateau)).toEqual([false, true, true, true, false]);
});

test('a peak that only chance made is on the plateau, not instead of it', () => {
  const flat = trials([0.3, 0.3, 0.3, 0.3, 0.3]);
  const peak = flat[4]?.sets[0]?.scores;
  // one question of 120 likes the last value
  if (peak) peak[0] = 2;
  expect(findPlateau(flat)).toMatchObject({ best: 0.8, from: 0, to: 0.8, recommended: 0.4 });
});

test('values beyond a significant loss are not on the plateau, good as they may be', () => {
  expect(findPlateau(trials([0.3, 0, 0.3, 0.3, 0]))).toMatchObject({ best: 0, from: 0, to: 0 });
});

test('sets weigh the same, however many questions they have, and one may be left out', () => {
  const two = values.slice(0, 2).map((value, at) => ({
    value,
    sets: [
      { name: 'small', scores: Array.from({ length: 5 }, () => (at === 0 ? 1 : 0)) },
      { name: 'large', scores: Array.from({ length: 500 }, () => (at === 0 ? 0.5 : 1)) },
    ],
  }));
  expect(findPlateau(two).points.map(({ drawn }) => drawn.value)).toEqual([0.75, 0.5]);
  expect(findPlateau(two, 'small').best).toBe(0.2);
});
