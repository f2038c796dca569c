import { type Drawn, difference, draw, drawingsCount, intervalOf } from './retrieval-intervals.ts';
import { mean } from './retrieval-metrics.ts';

/** For each value that was tried, by set, what each question scored; the questions of a set stand in the same order everywhere. */
export type Trial = { value: number; sets: { name: string; scores: number[] }[] };
export type Point = { value: number; drawn: Drawn; loss: Drawn; isOnPlateau: boolean };
export type Plateau = { points: Point[]; best: number; from: number; to: number; recommended: number };

/** Over sets that weigh the same, however many questions each has; drawn within each set. */
function overSets({ sets }: Trial): Drawn {
  const bySet = sets.map(({ scores }) => ({
    value: mean(scores),
    drawings: draw(scores.length, (drawn) => mean(drawn.map((at) => scores[at] ?? 0))),
  }));
  return {
    value: mean(bySet.map(({ value }) => value)),
    drawings: Array.from({ length: drawingsCount }, (_, round) =>
      mean(bySet.map(({ drawings }) => drawings[round] ?? 0)),
    ),
  };
}

/**
 * The values around the best one whose loss against it, in pairs, is not significant, and their middle: a peak is chance, a
 * plateau is not. `without` leaves a set out.
 */
export function findPlateau(trials: Trial[], without?: string): Plateau {
  const drawn = trials
    .map((trial) => ({ ...trial, sets: trial.sets.filter(({ name }) => name !== without) }))
    .toSorted((one, other) => one.value - other.value)
    .map((trial) => ({ value: trial.value, drawn: overSets(trial) }));
  const heights = drawn.map((point) => point.drawn.value ?? 0);
  const bestAt = heights.indexOf(Math.max(...heights));
  const best = drawn[bestAt];
  if (!best) throw new Error('Nothing was tried.');
  const losses = drawn.map((point) => difference(point.drawn, best.drawn));
  const holds = losses.map((loss, at) => at === bestAt || (intervalOf(loss)?.[1] ?? 0) >= 0);
  let [first, last] = [bestAt, bestAt];
  while (holds[first - 1]) first -= 1;
  while (holds[last + 1]) last += 1;
  const [from, to] = [drawn[first]?.value ?? best.value, drawn[last]?.value ?? best.value];
  return {
    points: drawn.map((point, at) => ({
      ...point,
      loss: losses[at] ?? { value: undefined, drawings: [] },
      isOnPlateau: at >= first && at <= last,
    })),
    best: best.value,
    from,
    to,
    recommended: nearest(
      (from + to) / 2,
      drawn.map(({ value }) => value),
    ),
  };
}

const nearest = (wanted: number, values: number[]): number =>
  values.reduce(
    (best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best),
    values[0] ?? wanted,
  );
