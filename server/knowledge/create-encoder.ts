import type { Config } from '../config.ts';
import { createBuiltinEncoder } from './builtin-encoder.ts';
import type { Encoder } from './encoder.ts';
import { createOpenaiEncoder } from './openai-encoder.ts';

/** The encoder that EMBEDDING_MODEL names. Starts and loads nothing before its first use. */
export function createEncoder(config: { models: Pick<Config['models'], 'embedding' | 'openai'> }): Encoder {
  const { embedding, openai } = config.models;
  return embedding.provider === 'openai'
    ? createOpenaiEncoder({ model: embedding.model, ...openai })
    : createBuiltinEncoder();
}
