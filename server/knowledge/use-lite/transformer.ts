import type { Area, Arena } from './arena.ts';
import { createMatrixProduct, packPanels, panelColumns } from './matrix-product.ts';

/* The parts of a transformer, on rows of numbers in one arena: one row for each token, texts one after the other. */

export type Dense = { weights: Area; bias: Float32Array; inner: number; columns: number };
export type Norm = { scale: Float32Array; bias: Float32Array };
/** Where a text's tokens are among the rows. */
export type Span = { start: number; length: number };

export type Transformer = {
  /** Copies weights (`inner` rows of `columns`) to where products can read them. */
  dense(weights: Float32Array, bias: Float32Array): Dense;
  /** into = from · weights + bias, or added to what stands there. */
  apply(dense: Dense, from: Area, into: Area, rows: number, options?: { added: boolean }): void;
  /** Attention of each text's tokens to each other: `qkv` holds queries, keys and values beside each other. */
  attend(qkv: Area, into: Area, spans: Span[], width: number): void;
};

type Sizes = { heads: number; tokensMax: number; headWidthMax: number };

export function createTransformer(arena: Arena, { heads, tokensMax, headWidthMax }: Sizes): Transformer {
  const product = createMatrixProduct(arena.memory);
  const packed = arena.allocate((tokensMax + panelColumns) * headWidthMax);
  const scores = arena.allocate((tokensMax + panelColumns) * tokensMax);

  function attendHead(qkv: Area, into: Area, { start, length }: Span, width: number, head: number): void {
    const headWidth = width / heads;
    const first = 3 * width * start + headWidth * head;
    const columns = Math.ceil(length / panelColumns) * panelColumns;
    const scored = scores.values.subarray(0, length * columns).fill(0);
    const keys = { start: first + width, inner: headWidth, columns: length, rowStep: 1, columnStep: 3 * width };
    packPanels(qkv.values, keys, packed.values);
    const query = qkv.address + 4 * first;
    const panels = columns / panelColumns;
    product(query, packed.address, scores.address, length, 4 * headWidth, panels, 12 * width, 4 * columns);
    for (let row = 0; row < length; row += 1) {
      softmax(scored.subarray(row * columns, row * columns + length), 1 / Math.sqrt(headWidth));
    }
    const values = { start: first + 2 * width, inner: length, columns: headWidth, rowStep: 3 * width, columnStep: 1 };
    packPanels(qkv.values, values, packed.values);
    const target = into.address + 4 * (width * start + headWidth * head);
    product(
      scores.address,
      packed.address,
      target,
      length,
      4 * length,
      headWidth / panelColumns,
      4 * columns,
      4 * width,
    );
  }

  return {
    dense(weights, bias) {
      const columns = bias.length;
      const inner = weights.length / columns;
      const area = arena.allocate(weights.length);
      packPanels(weights, { start: 0, inner, columns, rowStep: columns, columnStep: 1 }, area.values);
      return { weights: area, bias: bias.slice(), inner, columns };
    },
    apply({ weights, bias, inner, columns }, from, into, rows, { added } = { added: false }) {
      for (let row = 0; row < rows; row += 1) {
        const target = into.values.subarray(row * columns, (row + 1) * columns);
        if (added) addTo(target, bias);
        else target.set(bias);
      }
      product(
        from.address,
        weights.address,
        into.address,
        rows,
        4 * inner,
        columns / panelColumns,
        4 * inner,
        4 * columns,
      );
    },
    attend(qkv, into, spans, width) {
      for (const span of spans.filter(({ length }) => length > 0)) {
        into.values.fill(0, width * span.start, width * (span.start + span.length));
        for (let head = 0; head < heads; head += 1) attendHead(qkv, into, span, width, head);
      }
    },
  };
}

export function addTo(target: Float32Array, other: Float32Array): void {
  for (let at = 0; at < target.length; at += 1) target[at] = (target[at] ?? 0) + (other[at] ?? 0);
}

export function relu(values: Float32Array): void {
  for (let at = 0; at < values.length; at += 1) if ((values[at] ?? 0) < 0) values[at] = 0;
}

/** exp(scale · score), of which all together make 1. */
function softmax(scores: Float32Array, scale: number): void {
  let max = Number.NEGATIVE_INFINITY;
  for (const score of scores) max = Math.max(max, score);
  let sum = 0;
  for (let at = 0; at < scores.length; at += 1) {
    const value = Math.exp(scale * ((scores[at] ?? 0) - max));
    scores[at] = value;
    sum += value;
  }
  for (let at = 0; at < scores.length; at += 1) scores[at] = (scores[at] ?? 0) / sum;
}

/** Layer normalisation of each row: mean 0 and variance 1, then scaled and shifted. */
export function normRows(from: Area, into: Area, rows: number, { scale, bias }: Norm, epsilon: number): void {
  const width = scale.length;
  for (let row = 0; row < rows; row += 1) {
    const source = from.values.subarray(row * width, (row + 1) * width);
    const target = into.values.subarray(row * width, (row + 1) * width);
    let mean = 0;
    for (const value of source) mean += value;
    mean /= width;
    let variance = 0;
    for (const value of source) variance += (value - mean) ** 2;
    const factor = 1 / Math.sqrt(variance / width + epsilon);
    for (let at = 0; at < width; at += 1) {
      target[at] = ((source[at] ?? 0) - mean) * factor * (scale[at] ?? 0) + (bias[at] ?? 0);
    }
  }
}
