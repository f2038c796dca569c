import OpenAI from 'openai';
import { z } from 'zod';
import { checkVector, type EmbeddingSpaceKey, type Encoder, unusable } from './encoder.ts';
import { normalize } from './normalize.ts';

const batchTextsMax = 128;
/** About 25,000 tokens: small servers refuse or choke on more. */
const batchCharactersMax = 100_000;
/** About 8,000 tokens, what the widespread models take. */
const textCharactersMax = 24_000;
const requestsMax = 4;
const retriesMax = 3;

/** Lengths that are known before the first answer; any other model tells by its first one. */
const knownDimensions: Record<string, number> = {
  'text-embedding-3-small': 1536,
  'text-embedding-3-large': 3072,
  'text-embedding-ada-002': 1536,
};

/** What is in a vector is looked at afterwards, once for each number, so that the error can say what is wrong with it. */
const answerSchema = z.object({
  data: z.array(z.object({ index: z.number(), embedding: z.union([z.custom<unknown[]>(Array.isArray), z.string()]) })),
});

type Options = { model: string; apiKey: string | undefined; baseUrl: string | undefined; timeoutMs?: number };

/**
 * Any server that speaks OpenAI's embeddings API. Retries with backoff what may pass (429, 5xx, a cut connection).
 * `space.dimensions` is 0 until the first answer where the model is not a known one.
 */
export function createOpenaiEncoder({ model, apiKey, baseUrl, timeoutMs = 30_000 }: Options): Encoder {
  const client = new OpenAI({
    apiKey: apiKey ?? 'none',
    ...(baseUrl ? { baseURL: baseUrl } : {}),
    timeout: timeoutMs,
    maxRetries: retriesMax,
  });
  const space = { provider: 'openai', model, dimensions: knownDimensions[model] ?? 0 };
  // 1,000 vectors of 1,536 numbers cost 103 ms of CPU and 8 MB as base64, 168 ms and 21 MB as digits; not every other server knows it
  const encoding = new URL(client.baseURL).hostname === 'api.openai.com' ? 'base64' : 'float';

  async function embedBatch(texts: string[], signal: AbortSignal): Promise<number[][]> {
    let raw: unknown;
    try {
      raw = await client.embeddings.create({ model, input: texts, encoding_format: encoding }, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw unusable(space, reasonOf(error, timeoutMs), error);
    }
    return readVectors(space, raw, texts.length);
  }

  return {
    space,
    async embed(texts, _kind, signal) {
      const batches = cutBatches(texts.map((text) => text.slice(0, textCharactersMax).toWellFormed().trim() || '.'));
      const vectors = batches.map((): number[][] => []);
      const failed = new AbortController();
      const ended = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
      const waiting = batches.entries();
      const work = async () => {
        // shared by all: each takes the next batch
        for (const [index, batch] of waiting) vectors[index] = await embedBatch(batch, ended);
      };
      try {
        await Promise.all(Array.from({ length: Math.min(requestsMax, batches.length) }, work));
      } catch (error) {
        failed.abort(error);
        throw error;
      }
      return vectors.flat();
    },
    close: async () => undefined,
  };
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof OpenAI.APIConnectionTimeoutError) return `it did not answer within ${timeoutMs / 1000} seconds`;
  if (error instanceof OpenAI.APIError && error.status !== undefined) return `it answered ${error.status}`;
  if (error instanceof OpenAI.APIError) return 'it cannot be reached';
  return 'what it answered is not JSON';
}

function readVectors(space: EmbeddingSpaceKey, raw: unknown, count: number): number[][] {
  const answer = answerSchema.safeParse(raw);
  if (!answer.success) throw unusable(space, 'what it answered holds no vectors', answer.error);
  const vectors = answer.data.data.toSorted((one, other) => one.index - other.index);
  if (vectors.length !== count || vectors.some(({ index }, at) => index !== at)) {
    throw unusable(space, `it gave ${vectors.length} vectors for ${count} texts`);
  }
  return vectors.map(({ embedding }) => {
    const vector = typeof embedding === 'string' ? decode(embedding) : embedding.map(asNumber);
    checkVector(space, vector);
    return normalize(vector);
  });
}

function cutBatches(texts: string[]): string[][] {
  const batches: string[][] = [];
  let characters = batchCharactersMax;
  for (const text of texts) {
    const last = batches.at(-1);
    characters += text.length;
    if (last && last.length < batchTextsMax && characters <= batchCharactersMax) last.push(text);
    else {
      batches.push([text]);
      characters = text.length;
    }
  }
  return batches;
}

const asNumber = (value: unknown) => (typeof value === 'number' ? value : Number.NaN);

/** 32-bit floats, the lowest byte first. What is no multiple of four bytes is no vector. */
function decode(text: string): number[] {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 4 !== 0) return [];
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(4 * at));
}
