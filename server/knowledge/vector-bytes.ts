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
  let entries = [...weights].filter(([, weight]) => weight !== 0);
  if (entries.length > sparseElementsMax) {
    entries = entries.toSorted((one, other) => other[1] - one[1]).slice(0, sparseElementsMax);
  }
  entries.sort((one, other) => one[0] - other[0]);
  const bytes = Buffer.allocUnsafe(12 + 8 * entries.length);
  bytes.writeInt32BE(termSpace, 0);
  bytes.writeInt32BE(entries.length, 4);
  bytes.writeInt32BE(0, 8);
  for (const [index, [term, weight]] of entries.entries()) {
    bytes.writeInt32BE(term - 1, 12 + 4 * index);
    bytes.writeFloatBE(weight, 12 + 4 * (entries.length + index));
  }
  return bytes;
}

/** An array of one dimension. The number of pgvector's types is another in every database. */
export function arrayBytes(elementOid: number, elements: readonly (Buffer | null)[]): Buffer {
  const bytes = Buffer.allocUnsafe(20 + elements.reduce((sum, element) => sum + 4 + (element?.length ?? 0), 0));
  bytes.writeInt32BE(elements.length > 0 ? 1 : 0, 0);
  bytes.writeInt32BE(elements.includes(null) ? 1 : 0, 4);
  bytes.writeUInt32BE(elementOid, 8);
  if (elements.length === 0) return bytes.subarray(0, 12);
  bytes.writeInt32BE(elements.length, 12);
  bytes.writeInt32BE(1, 16);
  let at = 20;
  for (const element of elements) {
    bytes.writeInt32BE(element?.length ?? -1, at);
    element?.copy(bytes, at + 4);
    at += 4 + (element?.length ?? 0);
  }
  return bytes;
}

export async function vectorOids(db: Db): Promise<{ halfvec: number; sparsevec: number }> {
  const { rows } = await db.query<{ halfvec: number; sparsevec: number }>({
    name: 'vector_oids',
    text: `select 'halfvec'::regtype::oid::int8::int as halfvec, 'sparsevec'::regtype::oid::int8::int as sparsevec`,
  });
  const [row] = rows;
  if (!row) throw new Error('the vector types were not found');
  return row;
}

export const termsToBytes = (terms: Int32Array): Buffer =>
  Buffer.from(terms.buffer, terms.byteOffset, terms.byteLength);

/** A copy: what Postgres gives need not begin at a multiple of four bytes. */
export const bytesToTerms = (bytes: Buffer): Int32Array => new Int32Array(Uint8Array.from(bytes).buffer);
