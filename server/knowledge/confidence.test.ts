import fc from 'fast-check';
import { expect, test } from 'vitest';
import { confidence, type Example, features, fitCalibration, spokenOf, usualCalibration } from './confidence.ts';

test('a clear winner with a close vector is surer than a field of equals', () => {
  const clear = confidence(features([20, 5, 4, 4, 3, 3], [0.8, 0.3]), usualCalibration);
  const level = confidence(features([5, 5, 4, 4, 4, 3], [0.4, 0.3]), usualCalibration);
  expect(clear).toBeGreaterThan(0.6);
  expect(level).toBeLessThan(0.4);
});

test('a few scores cannot stand out, so they count neither for nor against', () => {
  const neutral = usualCalibration.mean[2];
  expect(features([9], [0.5])[2]).toBe(neutral);
  expect(features([9, 1, 1], [0.5])[2]).toBe(neutral);
  expect(features([9, ...Array.from({ length: 20 }, () => 1)], [0.5])[2]).toBeGreaterThan(neutral);
});

test('the more of the question is spoken of, the surer', () => {
  const found = features([9, 5, 4], [0.5]);
  const all = confidence(found, usualCalibration, spokenOf([9, 5], 12));
  const little = confidence(found, usualCalibration, spokenOf([9, 5], 90));
  expect(all).toBeGreaterThan(little + 0.2);
  expect(spokenOf([], 12)).toBe(0);
  expect(spokenOf([13], 12)).toBe(1);
});

test('whatever is found, confidence is a chance', () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ min: 0, max: 100, noNaN: true })),
      fc.array(fc.float({ min: -1, max: 1, noNaN: true })),
      fc.float({ min: 0, max: 1_000, noNaN: true }),
      (lexical, cosines, most) => {
        const chance = confidence(features(lexical, cosines), usualCalibration, spokenOf(lexical, most));
        return chance >= 0 && chance <= 1;
      },
    ),
  );
});

test('a fit separates what differs, and says one half where nothing does', () => {
  const different: Example[] = Array.from({ length: 40 }, (_, index) => ({
    features: [index % 2 ? 0.6 : 0.1, index % 2 ? 0.7 : 0.4, index % 2 ? 5 : 2 + index / 100],
    answerable: index % 2 === 1,
  }));
  const calibration = fitCalibration(different);
  expect(confidence([0.6, 0.7, 5], calibration)).toBeGreaterThan(0.8);
  expect(confidence([0.1, 0.4, 2], calibration)).toBeLessThan(0.2);
  const same = fitCalibration(different.map((example) => ({ ...example, features: [0.3, 0.5, 3] })));
  expect(confidence([0.3, 0.5, 3], same)).toBeCloseTo(0.5, 2);
});

test('what no example tells apart decides nothing', () => {
  const examples = Array.from({ length: 33 }, (_, at): Example[] => [
    { features: [0.5 + at / 100, 0.7, 2.8], answerable: true },
    { features: [0.1 + at / 100, 0.4, 2.8], answerable: false },
  ]);
  const calibration = fitCalibration(examples.flat());
  expect(confidence([0.5, 0.7, 2.2], calibration)).toBeGreaterThan(0.7);
  expect(confidence([0.1, 0.4, 4], calibration)).toBeLessThan(0.5);
});
