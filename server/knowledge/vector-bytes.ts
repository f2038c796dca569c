import type { Db } from '../db/pool.ts';
import { termSpace } from './analyze.ts';

/*
 * Vectors as pgvector sends and receives them in binary: a tenth of the cost of their texts on both sides. pg hands a Buffer to the
 * server as a binary parameter.
 */

/** The most elements that pgvector keeps in a sparse vector; of a longer text the lightest terms go unheard. */
const sparseElementsMax = 16_000;

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** IEEE 754 half precision, rounded to nearest. What is too large becomes the largest; what is too small zero. */
function toHalf(value: number): number {
  single[0] = value;
  const all = bits[0] ?? 0;
  const sign = (all >>> 16) & 0x8000;
  const exponent = ((all >>> 23) & 0xff) - 112;
  const mantissa = all & 0x7fffff;
  if (exponent >= 31) return sign | 0x7bff;
  if (exponent > 0) return (sign | (exponent << 10) | (mantissa >>> 13)) + ((mantissa >>> 12) & 1);
  if (exponent < -10) return sign;
  const shift = 14 - exponent;
  const whole = mantissa | 0x800000;
  return (sign | (whole >>> shift)) + ((whole >>> (shift - 1)) & 1);
}

/** A halfvec: its length, nothing, its numbers. */
export function denseBytes(vector: ArrayLike<number>): Buffer {
  const bytes = Buffer.allocUnsafe(4 + 2 * vector.length);
  bytes.writeUInt16BE(vector.length, 0);
  bytes.writeUInt16BE(0, 2);
  for (let at = 0; at < vector.length; at += 1) bytes.writeUInt16BE(toHalf(vector[at] ?? 0), 4 + 2 * at);
  return bytes;
}

/** A sparsevec: dimensions, how many are not zero, nothing, where they are from 0 and rising, their numbers. */
export function sparseBytes(weights: ReadonlyMap<number, number>): Buffer {
  const terms = heaviest(weights).sort();
  const bytes = new DataView(new ArrayBuffer(12 + 8 * terms.length));
  bytes.setInt32(0, termSpace);
  bytes.setInt32(4, terms.length);
  for (const [index, term] of terms.entries()) {
    bytes.setInt32(12 + 4 * index, term - 1);
    bytes.setFloat32(12 + 4 * (terms.length + index), weights.get(term) ?? 0);
  }
  return Buffer.from(bytes.buffer);
}

/** The terms that weigh anything, as many as there may be. */
function heaviest(weights: ReadonlyMap<number, number>): Int32Array {
  const entries = [...weights].filter(([, weight]) => weight !== 0);
  const kept =
    entries.length > sparseElementsMax
      ? entries.toSorted((one, other) => other[1] - one[1]).slice(0, sparseElementsMax)
      : entries;
  return Int32Array.from(kept, ([term]) => term);
}

type VectorOids = { halfvec: number; sparsevec: number };
const oidsOf = new WeakMap<Db, VectorOids>();

/** The numbers of pgvector's types, which are others in every database. Asked once for each connection. */
export async function vectorOids(db: Db): Promise<VectorOids> {
  const known = oidsOf.get(db);
  if (known) return known;
  const { rows } = await db.query<VectorOids>(
    `select 'halfvec'::regtype::oid::int8::int as halfvec, 'sparsevec'::regtype::oid::int8::int as sparsevec`,
  );
  const [row] = rows;
  if (!row) throw new Error('the vector types were not found');
  oidsOf.set(db, row);
  return row;
}

/** Stems as they stand in search_rows: four bytes each, in the order of the machine. Not copied. */
export const termsToBytes = (terms: Int32Array): Buffer =>
  Buffer.from(terms.buffer, terms.byteOffset, terms.byteLength);

/** The same back; copied only where the bytes do not begin at a multiple of four. */
export function bytesToTerms(bytes: Buffer): Int32Array {
  const isAligned = bytes.byteOffset % 4 === 0;
  return isAligned
    ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
    : new Int32Array(Uint8Array.from(bytes).buffer);
}
