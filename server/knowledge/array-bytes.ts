import { termsToBytes } from './vector-bytes.ts';

/*
 * Arrays as Postgres receives them in binary, for statements that write many rows: as texts, every element is quoted here and read
 * again there. The numbers of these types are the same in every database.
 */
const bytea = 17;
const int = 23;
const text = 25;
const uuid = 2950;

/** An array of one dimension: its elements in their own binary form, each behind its length. */
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

export const textArray = (values: string[]): Buffer =>
  arrayBytes(
    text,
    values.map((value) => Buffer.from(value)),
  );

export const uuidArray = (values: string[]): Buffer =>
  arrayBytes(
    uuid,
    values.map((value) => Buffer.from(value.replaceAll('-', ''), 'hex')),
  );

export const termsArray = (values: (Int32Array | undefined)[]): Buffer =>
  arrayBytes(
    bytea,
    values.map((terms) => (terms ? termsToBytes(terms) : null)),
  );

/** The same as arrayBytes, without a buffer for every number. */
export function intArray(values: readonly (number | null)[]): Buffer {
  const nulls = values.reduce<number>((count, value) => (value === null ? count + 1 : count), 0);
  const bytes = new DataView(new ArrayBuffer(values.length === 0 ? 12 : 20 + 8 * values.length - 4 * nulls));
  bytes.setInt32(0, values.length > 0 ? 1 : 0);
  bytes.setInt32(4, nulls > 0 ? 1 : 0);
  bytes.setInt32(8, int);
  if (values.length > 0) {
    bytes.setInt32(12, values.length);
    bytes.setInt32(16, 1);
  }
  let at = 20;
  for (const value of values) {
    bytes.setInt32(at, value === null ? -1 : 4);
    if (value !== null) bytes.setInt32(at + 4, value);
    at += value === null ? 4 : 8;
  }
  return Buffer.from(bytes.buffer);
}

/**
 * Lists of numbers or texts, one for each row, where an array cannot hold arrays: all in one, which the statement cuts with
 * `all[from:to]`. Of null `from` and `to` are null, and so is what is cut.
 */
export function listsOf<Value>(lists: readonly (readonly Value[] | null)[]) {
  const all: Value[] = [];
  const from: (number | null)[] = [];
  const to: (number | null)[] = [];
  for (const list of lists) {
    from.push(list && all.length + 1);
    for (const value of list ?? []) all.push(value);
    to.push(list && all.length);
  }
  return { all, from: intArray(from), to: intArray(to) };
}
