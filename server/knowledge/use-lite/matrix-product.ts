import {
  add,
  type Code,
  equals,
  get,
  less,
  load,
  loadSplat,
  multiply,
  multiplyAdd,
  relaxedMultiplyAdd,
  repeatWhile,
  set,
  small,
  store,
  subtract,
  wasmModule,
  when,
} from './wasm-code.ts';

/** Columns of B that are computed together; B is packed in panels of them, see `packPanels`. */
export const panelColumns = 8;
/** Rows of A that are computed together: 8 sums, 2 columns and 1 value of A fit into the 16 registers of a processor. */
const tileRows = 4;

/**
 * C += A · B over one wasm memory, for at least one column of A and one panel of B. All addresses and steps are in bytes; `innerBytes` is 4 times A's columns. A and C are stored
 * by rows, B in `panels` panels one after the other.
 */
export type MatrixProduct = (
  a: number,
  b: number,
  c: number,
  rows: number,
  innerBytes: number,
  panels: number,
  stepA: number,
  stepC: number,
) => void;

const [a, b, c, rows, innerBytes, panels, stepA, stepC] = [0, 1, 2, 3, 4, 5, 6, 7];
const [rowsLeft, tileA, tileC, inB, rowC, end] = [8, 9, 10, 11, 12, 13];
const rowA = (row: number) => 14 + row;
const sum = (row: number, half: number) => 14 + tileRows + 2 * row + half;
const [valueA, leftB, rightB] = [14 + 3 * tileRows, 15 + 3 * tileRows, 16 + 3 * tileRows];
const halves = [0, 1];
const range = (length: number) => Array.from({ length }, (_, index) => index);

/** `count` rows of A times one panel: their sums stay in registers from the first column of A to the last. */
function tile(count: number, fused: boolean): Code {
  const accumulate = fused ? relaxedMultiplyAdd : multiplyAdd;
  const ofRowsC = (each: (row: number) => Code) => [
    ...set(rowC, get(tileC)),
    ...range(count).flatMap((row) => [...each(row), ...set(rowC, add(get(rowC), get(stepC)))]),
  ];
  return [
    ...range(count).flatMap((row) => set(rowA(row), row === 0 ? get(tileA) : add(get(rowA(row - 1)), get(stepA)))),
    ...ofRowsC((row) => halves.flatMap((half) => set(sum(row, half), load(get(rowC), 16 * half)))),
    ...set(inB, get(b)),
    ...set(end, add(get(tileA), get(innerBytes))),
    ...repeatWhile(less(get(rowA(0)), get(end)), [
      ...set(leftB, load(get(inB), 0)),
      ...set(rightB, load(get(inB), 16)),
      ...range(count).flatMap((row) => [
        ...set(valueA, loadSplat(get(rowA(row)))),
        ...set(sum(row, 0), accumulate(get(valueA), get(leftB), get(sum(row, 0)))),
        ...set(sum(row, 1), accumulate(get(valueA), get(rightB), get(sum(row, 1)))),
        ...set(rowA(row), add(get(rowA(row)), small(4))),
      ]),
      ...set(inB, add(get(inB), small(4 * panelColumns))),
    ]),
    ...ofRowsC((row) => halves.flatMap((half) => store(get(rowC), 16 * half, get(sum(row, half))))),
    ...set(tileC, get(rowC)),
    ...set(tileA, add(get(tileA), multiply(get(stepA), small(count)))),
    ...set(rowsLeft, subtract(get(rowsLeft), small(count))),
  ];
}

function matrixProductCode(fused: boolean): Uint8Array<ArrayBuffer> {
  const hasTile = less(small(tileRows - 1), get(rowsLeft));
  const body = repeatWhile(get(panels), [
    ...set(rowsLeft, get(rows)),
    ...set(tileA, get(a)),
    ...set(tileC, get(c)),
    ...when(hasTile, repeatWhile(hasTile, tile(tileRows, fused))),
    ...range(tileRows - 1).flatMap((less) => {
      const count = tileRows - 1 - less;
      return when(equals(get(rowsLeft), small(count)), tile(count, fused));
    }),
    ...set(b, add(get(b), multiply(get(innerBytes), small(panelColumns)))),
    ...set(c, add(get(c), small(4 * panelColumns))),
    ...set(panels, subtract(get(panels), small(1))),
  ]);
  return wasmModule({ parameters: 8, integers: 6 + tileRows, vectors: 2 * tileRows + 3, body });
}

/** Compiles the product for this processor: with fused multiply-add where Node knows it. */
export function createMatrixProduct(memory: WebAssembly.Memory): MatrixProduct {
  const fused = matrixProductCode(true);
  const code = WebAssembly.validate(fused) ? fused : matrixProductCode(false);
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(code), { js: { memory } }).exports;
  if (typeof run !== 'function') throw new Error('the module exports nothing to run');
  return (...numbers) => run(...numbers);
}

/** Where B stands before it is packed: its first number, and how far it is to the next row and to the next column. */
type Layout = { start: number; inner: number; columns: number; rowStep: number; columnStep: number };

/** Copies B into panels: 8 columns, row after row, then the next 8. Columns that are missing to a multiple of 8 become 0. */
export function packPanels(from: Float32Array, layout: Layout, into: Float32Array): void {
  const { start, inner, columns, rowStep, columnStep } = layout;
  let at = 0;
  for (let panel = 0; panel < columns; panel += panelColumns) {
    for (let row = 0; row < inner; row += 1) {
      const first = start + row * rowStep + panel * columnStep;
      for (let column = 0; column < panelColumns; column += 1, at += 1) {
        into[at] = panel + column < columns ? (from[first + column * columnStep] ?? 0) : 0;
      }
    }
  }
}
