import { expect, test } from 'vitest';
import { auroc, calibrationError, measureOne, rankOf, reliability } from './retrieval-metrics.ts';

const judged = (confidence: number, isAnswerable: boolean) => ({ confidence, gold: isAnswerable ? ['a'] : [] });

test('a hit counts from its place on, and its reciprocal rank up to the tenth', () => {
  const third = measureOne({ ranked: ['x', 'y', 'a', 'b'], gold: ['a'] });
  expect(third).toMatchObject({ hit1: 0, hit3: 1, hit10: 1, mrr10: 1 / 3, r5: 1, ndcg5: 1 / 2 });
  const eleventh = measureOne({ ranked: [...'0123456789', 'a'], gold: ['a'] });
  expect(eleventh).toEqual({ hit1: 0, hit3: 0, hit10: 0, mrr10: 0, r5: 0, ndcg5: 0 });
});

test('recall and gain count every document that answers', () => {
  const { r5, ndcg5 } = measureOne({ ranked: ['a', 'x', 'b', 'y', 'z', 'c'], gold: ['a', 'b', 'c'] });
  expect(r5).toBeCloseTo(2 / 3);
  expect(ndcg5).toBeCloseTo((1 + 1 / 2) / (1 + 1 / Math.log2(3) + 1 / 2));
});

test('what was not found has no rank', () => {
  expect(rankOf({ ranked: ['x'], gold: ['a'] })).toBeUndefined();
  expect(rankOf({ ranked: ['x', 'a'], gold: ['a'] })).toBe(2);
});

test('the AUROC is the share of pairs in the right order, ties counting half', () => {
  expect(auroc([judged(0.9, true), judged(0.8, true), judged(0.1, false)])).toBe(1);
  expect(auroc([judged(0.1, true), judged(0.9, false)])).toBe(0);
  expect(auroc([judged(0.5, true), judged(0.5, false)])).toBe(0.5);
  expect(auroc([judged(0.7, true), judged(0.5, true), judged(0.5, false), judged(0.6, false)])).toBe(0.625);
  expect(auroc([judged(0.5, true)])).toBeUndefined();
});

test('a tenth says what was predicted and what was so', () => {
  const asked = [judged(0.81, true), judged(0.89, false), judged(0.12, false), judged(1, true)];
  expect(reliability(asked, false)).toEqual([
    { from: 0.1, count: 1, predicted: 0.12, answerable: 0 },
    { from: 0.8, count: 2, predicted: expect.closeTo(0.85), answerable: 0.5 },
    { from: 0.9, count: 1, predicted: 1, answerable: 1 },
  ]);
});

test('the calibration error is nought where each tenth keeps its word, and one where all is the wrong way round', () => {
  const honest = [
    ...Array.from({ length: 10 }, (_, index) => judged(0.3, index < 3)),
    judged(1, true),
    judged(0, false),
  ];
  expect(calibrationError(honest, false)).toBeCloseTo(0);
  expect(calibrationError([judged(1, false), judged(0, true)], false)).toBe(1);
  expect(calibrationError([judged(1, true)], false)).toBeUndefined();
});

test('weighed evenly, a fit to halves is right however few have no answer', () => {
  const of = (count: number, confidence: number, isAnswerable: boolean) =>
    Array.from({ length: count }, () => judged(confidence, isAnswerable));
  // of ten answerable ones eight are thought so, of one hundred unanswerable ones twenty
  const asked = [...of(8, 0.8, true), ...of(2, 0.2, true), ...of(20, 0.8, false), ...of(80, 0.2, false)];
  expect(calibrationError(asked, true)).toBeCloseTo(0);
  expect(calibrationError(asked, false)).toBeGreaterThan(0.2);
});
