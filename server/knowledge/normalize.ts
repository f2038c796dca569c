/** The vector at length 1; a zero vector (a text without a known word) stays zero. */
export function normalize(vector: number[]): number[] {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}
