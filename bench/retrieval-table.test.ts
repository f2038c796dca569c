import { expect, test } from 'vitest';
import { comparisonTable, figure, signed } from './retrieval-table.ts';

test('figures have three digits, and a difference its sign', () => {
  expect([figure(0.8333), figure(1), figure(-0.02), figure(undefined)]).toEqual(['.833', '1.000', '-.020', '']);
  expect([signed(0.13), signed(-0.13), signed(0)]).toEqual(['+.130', '-.130', '.000']);
});

test('the widest table fits 110 columns and says what differs', () => {
  const asked = Array.from({ length: 40 }, (_, index) => ({
    gold: index % 4 === 0 ? [] : ['a'],
    confidence: index % 3 ? 0.7 : 0.2,
  }));
  const ours = asked.map((one) => ({ ...one, ranked: ['a', 'b'] }));
  const theirs = asked.map((one, index) => ({ ...one, ranked: index % 2 ? ['b', 'a'] : ['c'] }));
  const lines = comparisonTable({ name: 'Parley', judged: ours }, { name: 'plain BM25', judged: theirs });
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
  expect(lines).toHaveLength(7);
  expect(lines[0]).toMatch(/hit@1 +hit@3 +hit@10 +MRR@10 +R@5 +nDCG@5 +AUROC$/);
  expect(lines[1]).toMatch(/^Parley +1\.000/);
  expect(lines[5]).toMatch(/^difference +\+1\.000/);
});
