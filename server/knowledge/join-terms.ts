/** The terms of the parts one behind the other, in a block of their own. */
export function joinTerms(parts: ArrayLike<number>[]): Int32Array<ArrayBuffer> {
  const joined = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
