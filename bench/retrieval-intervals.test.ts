import { expect, test } from 'vitest';
import { difference, draw, drawMeasure, drawMeasures, intervalOf } from './retrieval-intervals.ts';
import { mean } from './retrieval-metrics.ts';

const halves = Array.from({ length: 100 }, (_, index) => index % 2);

test('the same number of questions is drawn in the same way each time', () => {
  expect(draw(20, (drawn) => drawn)).toEqual(draw(20, (drawn) => drawn));
  const all = draw(20, (drawn) => drawn);
  expect(all).toHaveLength(1_000);
  expect(new Set(all.flat())).toEqual(new Set(Array.from({ length: 20 }, (_, index) => index)));
});

test('the interval of a share is about as wide as the binomial says', () => {
  const [low = 0, high = 0] = intervalOf(drawMeasure(halves, mean)) ?? [];
  // 0.5 ± 1.96·√(0.25/100)
  expect(low).toBeCloseTo(0.402, 1);
  expect(high).toBeCloseTo(0.598, 1);
  expect(low).toBeLessThan(0.44);
  expect(high).toBeGreaterThan(0.56);
});

test('what does not vary has an interval of one point', () => {
  expect(intervalOf(drawMeasure([1, 1, 1], mean))).toEqual([1, 1]);
  expect(intervalOf({ drawings: [] })).toBeUndefined();
});

test('a steady gain is certain in pairs, though the two intervals overlap', () => {
  const one = drawMeasure(halves, mean);
  const better = drawMeasure(
    halves.map((value) => value + 0.05),
    mean,
  );
  const [low = 0, high = 0] = intervalOf(difference(better, one)) ?? [];
  expect(low).toBeCloseTo(0.05);
  expect(high).toBeCloseTo(0.05);
  expect(intervalOf(better)?.[0]).toBeLessThan(intervalOf(one)?.[1] ?? 0);
});

test('ranking is measured over the answerable questions, and answerability only where some have no answer', () => {
  const found = { ranked: ['a'], gold: ['a'], confidence: 0.9 };
  const foreign = { ranked: ['a'], gold: [], confidence: 0.2 };
  const measured = drawMeasures([found, foreign, found]);
  expect(measured.hit1.value).toBe(1);
  expect(measured.auroc.value).toBe(1);
  expect(drawMeasures([found]).auroc).toEqual({ value: undefined, drawings: [] });
  expect(drawMeasures([foreign]).hit1.value).toBeUndefined();
});
