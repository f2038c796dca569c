import { toSql } from 'pgvector';
import { termSpace } from './analyze.ts';

/** The most elements that pgvector keeps in a sparse vector; of a longer text the lightest terms go unheard. */
const sparseElementsMax = 16_000;

/** How pgvector reads a dense vector. Six digits are more than halfvec keeps. */
export const denseText = (vector: number[]): string => toSql(vector.map((value) => Number(value.toFixed(6))));

/** How pgvector reads a sparse one. */
export function sparseText(weights: Map<number, number>): string {
  let entries = [...weights].filter(([, weight]) => weight !== 0);
  if (entries.length > sparseElementsMax) {
    entries = entries.toSorted((one, other) => other[1] - one[1]).slice(0, sparseElementsMax);
  }
  entries.sort((one, other) => one[0] - other[0]);
  return `{${entries.map(([term, weight]) => `${term}:${Number(weight.toFixed(4))}`).join(',')}}/${termSpace}`;
}

export const termsToBytes = (terms: Int32Array): Buffer =>
  Buffer.from(terms.buffer, terms.byteOffset, terms.byteLength);

/** A copy: what Postgres gives need not begin at a multiple of four bytes. */
export const bytesToTerms = (bytes: Buffer): Int32Array => new Int32Array(Uint8Array.from(bytes).buffer);
