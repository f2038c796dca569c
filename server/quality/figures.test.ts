import { describe, expect, test } from 'vitest';
import { type CaseResult, toFigures } from './figures.ts';

const found = (rank: number | null, confidence = 0.5): CaseResult => ({ answerable: true, rank, confidence });
const unanswerable = (confidence: number): CaseResult => ({ answerable: false, rank: null, confidence });

describe('the figures', () => {
  test('of no question are unknown, not zero', () => {
    expect(toFigures([], 0)).toEqual({
      answerable: 0,
      unanswerable: 0,
      skipped: 0,
      hit1: null,
      hit3: null,
      mrr10: null,
      auroc: null,
    });
  });

  test('count first places, first three places, and one over the place', () => {
    const figures = toFigures([found(1), found(3), found(4), found(null)], 2);
    expect(figures).toMatchObject({ answerable: 4, skipped: 2, hit1: 0.25, hit3: 0.5, auroc: null });
    expect(figures.mrr10).toBeCloseTo((1 + 1 / 3 + 1 / 4) / 4, 10);
  });

  test('of ranks leave out what no document answers', () => {
    expect(toFigures([found(1), unanswerable(0.9)], 0)).toMatchObject({ hit1: 1, hit3: 1, mrr10: 1, unanswerable: 1 });
  });

  test('of confidence are the share of pairs in the right order, and a tie is half', () => {
    expect(toFigures([found(1, 0.9), found(2, 0.8), unanswerable(0.1)], 0).auroc).toBe(1);
    expect(toFigures([found(1, 0.9), found(2, 0.4), unanswerable(0.4), unanswerable(0.6)], 0).auroc).toBe(
      (1 + 1 + 0.5 + 0) / 4,
    );
  });
});
