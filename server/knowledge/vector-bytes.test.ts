import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesToTerms, denseBytes, sparseBytes, termsToBytes } from './vector-bytes.ts';

const fromHalf = (half: number) => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = (half & 0x3ff) / 1024;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
};

test('a dense vector keeps three digits of every number', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 }), (vector) => {
      const bytes = denseBytes(vector);
      expect(bytes.readUInt16BE(0)).toBe(vector.length);
      for (const [at, value] of vector.entries()) {
        const error = Math.abs(fromHalf(bytes.readUInt16BE(4 + 2 * at)) - value);
        expect(error).toBeLessThanOrEqual(Math.max(2 ** -11 * Math.abs(value), 2 ** -24));
      }
    }),
  );
});

test('what half precision cannot hold becomes the largest number it has', () => {
  expect(fromHalf(denseBytes([1e9]).readUInt16BE(4))).toBe(65504);
  expect(fromHalf(denseBytes([-1e9]).readUInt16BE(4))).toBe(-65504);
});

test('a sparse vector holds its terms in rising order, from 0, and none that weigh nothing', () => {
  const bytes = sparseBytes(
    new Map([
      [7, 2],
      [3, 1.5],
      [5, 0],
    ]),
  );
  expect(bytes.toString('hex')).toBe('3b9aca0000000002000000000000000200000006' + '3fc0000040000000');
});

test('terms come back as they went, wherever their bytes begin', () => {
  const terms = Int32Array.from([1, 1_000_000_000, 42]);
  const bytes = termsToBytes(terms);
  expect(bytesToTerms(bytes)).toEqual(terms);
  for (const offset of [1, 2, 3, 4]) {
    const shifted = Buffer.alloc(bytes.length + offset);
    bytes.copy(shifted, offset);
    expect(bytesToTerms(shifted.subarray(offset))).toEqual(terms);
  }
});
