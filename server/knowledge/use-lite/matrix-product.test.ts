import { describe, expect, it } from 'vitest';
import { createArena } from './arena.ts';
import { createMatrixProduct, packPanels } from './matrix-product.ts';

describe('the matrix product', () => {
  const arena = createArena(1);
  const product = createMatrixProduct(arena.memory);

  it.each([
    [1, 1, 8],
    [3, 7, 16],
    [4, 64, 8],
    [13, 33, 40],
  ])('of %i × %i and %i columns is added to what stands there', (rows, inner, columns) => {
    const [a, b, c] = [arena.allocate(rows * inner), arena.allocate(inner * columns), arena.allocate(rows * columns)];
    a.values.forEach((_, at) => {
      a.values[at] = Math.sin(at);
    });
    const plain = Float32Array.from({ length: inner * columns }, (_, at) => Math.cos(at));
    packPanels(plain, { start: 0, inner, columns, rowStep: columns, columnStep: 1 }, b.values);
    c.values.fill(2);
    product(a.address, b.address, c.address, rows, 4 * inner, columns / 8, 4 * inner, 4 * columns);
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        let sum = 2;
        for (let k = 0; k < inner; k += 1) {
          sum += (a.values[row * inner + k] ?? 0) * (plain[k * columns + column] ?? 0);
        }
        expect(c.values[row * columns + column]).toBeCloseTo(sum, 4);
      }
    }
  });

  it('takes what is missing to a multiple of eight columns for 0', () => {
    const into = new Float32Array(16).fill(7);
    packPanels(Float32Array.of(1, 2, 3, 4, 5, 6), { start: 0, inner: 2, columns: 3, rowStep: 3, columnStep: 1 }, into);
    expect([...into]).toEqual([1, 2, 3, 0, 0, 0, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0]);
  });
});
