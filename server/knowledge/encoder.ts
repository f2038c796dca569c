/** Which vectors may be compared with each other: same provider, same model, same length. */
export type EmbeddingSpaceKey = { provider: string; model: string; dimensions: number };

export const isOf = (one: EmbeddingSpaceKey, other: EmbeddingSpaceKey): boolean =>
  one.provider === other.provider && one.model === other.model && one.dimensions === other.dimensions;

/** Turns texts into L2-normalised vectors, off the event loop. */
export type Encoder = {
  space: EmbeddingSpaceKey;
  /** One vector per text, in order, each of `space.dimensions` finite numbers. Throws AppError `unavailable`. */
  embed(texts: string[], signal?: AbortSignal): Promise<number[][]>;
  close(): Promise<void>;
};
