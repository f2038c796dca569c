import { AppError } from '../errors.ts';

/** Which vectors may be compared with each other: same provider, same model, same length. */
export type EmbeddingSpaceKey = { provider: string; model: string; dimensions: number };

export const isOf = (one: EmbeddingSpaceKey, other: EmbeddingSpaceKey): boolean =>
  one.provider === other.provider && one.model === other.model && one.dimensions === other.dimensions;

/** Some models want to know: they were trained with another prefix for each. */
export type TextKind = 'question' | 'passage';

/** Turns texts into L2-normalised vectors, off the event loop. */
export type Encoder = {
  /** `dimensions` is 0 until the first answer of a model that is not a known one. */
  space: EmbeddingSpaceKey;
  /** One vector per text, in order, each of `space.dimensions` finite numbers. Throws AppError `unavailable`. */
  embed(texts: string[], kind: TextKind, signal?: AbortSignal): Promise<number[][]>;
  close(): Promise<void>;
};

/** What every encoder throws when it cannot do its work; the reason is for people. */
export function unusable({ provider, model }: EmbeddingSpaceKey, reason: string, cause?: unknown): AppError {
  return new AppError('unavailable', {
    detail: `embedding model ${provider}:${model}: ${reason}`,
    publicMessage: `The embedding model ${provider}:${model} cannot be used just now: ${reason}.`,
    cause,
  });
}

/** Sees to it that a vector fits the space, whose length the first one decides. Throws what `unusable` makes. */
export function checkVector(space: EmbeddingSpaceKey, vector: ArrayLike<number>): void {
  for (let at = 0; at < vector.length; at += 1) {
    if (!Number.isFinite(vector[at])) throw unusable(space, 'it gave numbers that are not finite');
  }
  if (space.dimensions === 0) space.dimensions = vector.length;
  if (vector.length === 0 || vector.length !== space.dimensions) {
    const expected = space.dimensions || 'some';
    throw unusable(space, `it gave a vector of ${vector.length} numbers where ${expected} were expected`);
  }
}
