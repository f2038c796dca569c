import OpenAI from 'openai';
import { AppError } from '../errors.ts';
import type { Encoder } from './encoder.ts';
import { normalize } from './normalize.ts';

const batchTextsMax = 128;
/** About 8,000 tokens, what the widespread models take. */
const textCharactersMax = 24_000;
const requestTimeoutMs = 30_000;
const retriesMax = 3;

/** Lengths that are known before the first answer; any other model tells by its first one. */
const knownDimensions: Record<string, number> = {
  'text-embedding-3-small': 1536,
  'text-embedding-3-large': 3072,
  'text-embedding-ada-002': 1536,
};

type Options = { model: string; apiKey: string | undefined; baseUrl: string | undefined };

/**
 * Any server that speaks OpenAI's embeddings API. Retries with backoff what may pass (429, 5xx, a cut connection).
 * `space.dimensions` is 0 until the first answer where the model is not a known one.
 */
export function createOpenaiEncoder({ model, apiKey, baseUrl }: Options): Encoder {
  const client = new OpenAI({
    apiKey: apiKey ?? 'none',
    ...(baseUrl ? { baseURL: baseUrl } : {}),
    timeout: requestTimeoutMs,
    maxRetries: retriesMax,
  });
  const space = { provider: 'openai', model, dimensions: knownDimensions[model] ?? 0 };

  const unusable = (detail: string, cause?: unknown) =>
    new AppError('unavailable', {
      detail: `embedding model openai:${model}: ${detail}`,
      publicMessage: `The embedding model openai:${model} cannot be used just now: ${detail}.`,
      cause,
    });

  function check(vector: number[]): number[] {
    if (!vector.every(Number.isFinite)) throw unusable('it gave numbers that are not finite');
    if (space.dimensions === 0) space.dimensions = vector.length;
    if (vector.length === 0 || vector.length !== space.dimensions) {
      throw unusable(`it gave a vector of ${vector.length} numbers where ${space.dimensions} were expected`);
    }
    return normalize(vector);
  }

  async function embedBatch(texts: string[], signal: AbortSignal | undefined): Promise<number[][]> {
    const input = texts.map((text) => text.slice(0, textCharactersMax).toWellFormed().trim() || '.');
    let vectors: number[][];
    try {
      // as floats: not every compatible server knows base64
      const answer = await client.embeddings.create({ model, input, encoding_format: 'float' }, { signal });
      vectors = answer.data.toSorted((one, other) => one.index - other.index).map((item) => item.embedding);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw unusable(
        error instanceof OpenAI.APIError ? `it answered ${error.status ?? 'nothing'}` : 'no answer',
        error,
      );
    }
    if (!Array.isArray(vectors) || vectors.length !== texts.length || !vectors.every(Array.isArray)) {
      throw unusable(`it gave ${vectors.length} vectors for ${texts.length} texts`);
    }
    return vectors.map(check);
  }

  return {
    space,
    async embed(texts, signal) {
      const vectors: number[][] = [];
      for (let start = 0; start < texts.length; start += batchTextsMax) {
        vectors.push(...(await embedBatch(texts.slice(start, start + batchTextsMax), signal)));
      }
      return vectors;
    },
    close: async () => undefined,
  };
}
