import type { Config, EmbeddingRef } from '../config.ts';
import { createBuiltinEncoder } from './builtin-encoder.ts';
import type { Encoder } from './encoder.ts';
import { createLocalEncoder } from './local-encoder.ts';
import { createOpenaiEncoder } from './openai-encoder.ts';

type Slice = Pick<Config, 'dataDir'> & { models: Pick<Config['models'], 'openai'> };

/** The encoder of a model. Starts and loads nothing before its first use; several may be open at once. */
export function openEncoder({ provider, model }: EmbeddingRef, { dataDir, models }: Slice): Encoder {
  switch (provider) {
    case 'openai':
      return createOpenaiEncoder({ model, ...models.openai });
    case 'local':
      return createLocalEncoder({ model, dataDir });
    case 'builtin':
      return createBuiltinEncoder();
  }
}

/** The encoder that EMBEDDING_MODEL names. */
export const createEncoder = (config: Slice & { models: Pick<Config['models'], 'embedding'> }): Encoder =>
  openEncoder(config.models.embedding, config);
