import { createRandom } from '../test/support/random.ts';
import { auroc, isAnswerable, type Judged, mean, measureOne, rankMeasures } from './retrieval-metrics.ts';

export const drawingsCount = 1_000;

/**
 * Draws as many of `count` questions, with replacement, a thousand times: the numbers of the drawn ones. The same count gives the
 * same drawings, so that what was measured on the same questions is compared in pairs.
 */
export function draw<Value>(count: number, of: (drawn: number[]) => Value): Value[] {
  const random = createRandom(11);
  return Array.from({ length: drawingsCount }, () =>
    of(Array.from({ length: count }, () => Math.floor(random.next() * count))),
  );
}

/** A measure over all questions and over each drawing; undefined where it says nothing. */
export type Drawn = { value: number | undefined; drawings: (number | undefined)[] };
export type Interval = [low: number, high: number];

export const measureNames = [...rankMeasures, 'auroc'] as const;
export type MeasureName = (typeof measureNames)[number];

/** The middle 95 % of the drawings. */
export function intervalOf({ drawings }: Pick<Drawn, 'drawings'>): Interval | undefined {
  const values = drawings.filter((value) => value !== undefined).toSorted((one, other) => one - other);
  const [low, high] = [values[Math.floor(values.length * 0.025)], values[Math.ceil(values.length * 0.975) - 1]];
  return low === undefined || high === undefined ? undefined : [low, high];
}

/** How much `one` is above `other`, drawing by drawing: both were drawn from the same questions in the same order. */
export function difference(one: Drawn, other: Drawn): Drawn {
  const minus = (left: number | undefined, right: number | undefined) =>
    left === undefined || right === undefined ? undefined : left - right;
  return {
    value: minus(one.value, other.value),
    drawings: one.drawings.map((value, round) => minus(value, other.drawings[round])),
  };
}

export function drawMeasure<Item>(items: Item[], of: (items: Item[]) => number | undefined): Drawn {
  const drawings = draw(items.length, (drawn) => of(drawn.flatMap((at) => items[at] ?? [])));
  return { value: of(items), drawings };
}

export const eachMeasure = <Value>(of: (name: MeasureName) => Value): Record<MeasureName, Value> => ({
  hit1: of('hit1'),
  hit3: of('hit3'),
  hit10: of('hit10'),
  mrr10: of('mrr10'),
  r5: of('r5'),
  ndcg5: of('ndcg5'),
  auroc: of('auroc'),
});

/** The measures of ranking over the answerable questions, and the AUROC over all. */
export function drawMeasures(judged: Judged[]): Record<MeasureName, Drawn> {
  const ranked = judged.filter(isAnswerable).map(measureOne);
  return eachMeasure((name) => {
    if (name === 'auroc') {
      const hasBoth = ranked.length > 0 && ranked.length < judged.length;
      return hasBoth ? drawMeasure(judged, auroc) : { value: undefined, drawings: [] };
    }
    const values = ranked.map((one) => one[name]);
    return drawMeasure(values, (drawn) => (drawn.length > 0 ? mean(drawn) : undefined));
  });
}
