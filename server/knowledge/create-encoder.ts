import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Encoder } from './encoder.ts';

/** Starts nothing by itself: the built-in model is loaded by the first `embed`. */
export function createEncoder(config: Pick<Config, 'models'>): Encoder {
  return {
    space: { provider: config.models.embedding.provider, model: config.models.embedding.model, dimensions: 512 },
    embed: async () => {
      throw new AppError('unavailable', { detail: 'the encoder is being built' });
    },
    close: async () => undefined,
  };
}
