import type { Config, EmbeddingRef } from '../config.ts';
import type { Deps } from '../deps.ts';
import { openEncoder } from './create-encoder.ts';
import type { EmbeddingSpaceKey, Encoder } from './encoder.ts';

type Model = Pick<EmbeddingSpaceKey, 'provider' | 'model'>;

/**
 * The encoders of all embedding spaces: the one that EMBEDDING_MODEL names, and those of spaces that another model has filled.
 * Each is opened at its first use, once per process.
 */
export type Encoders = {
  configured: Encoder;
  /** Undefined where the model cannot be used here, for instance without its key. */
  of(space: Model): Encoder | undefined;
  /** The encoder that the workspace's last search needed: a guess that lets a question be encoded before its space is known. */
  likely(workspaceId: string): Encoder | undefined;
  noticed(workspaceId: string, encoder: Encoder | undefined): void;
  /** All but the configured one, which has another owner. */
  close(): Promise<void>;
};

/** What functions take that embed for a space: `encoder` is the configured one, and alone it serves its own space only. */
export type EncoderDeps = Pick<Deps, 'encoder'> & Partial<Pick<Deps, 'encoders'>>;

type ModelConfig = Pick<Config, 'dataDir'> & { models: Pick<Config['models'], 'openai'> };

const noticedMax = 10_000;

export const isModelOf = (one: Model, other: Model): boolean =>
  one.provider === other.provider && one.model === other.model;

export const modelName = ({ provider, model }: Model): string => `${provider}:${model}`;

export function createEncoders(config: ModelConfig, configured: Encoder): Encoders {
  const opened = new Map<string, Encoder>();
  const likely = new Map<string, Encoder | undefined>();

  function of(space: Model): Encoder | undefined {
    if (isModelOf(configured.space, space)) return configured;
    const known = opened.get(modelName(space));
    if (known) return known;
    const embedding = toUsable(space, config);
    if (!embedding) return undefined;
    const made = openEncoder(embedding, config);
    opened.set(modelName(space), made);
    return made;
  }

  return {
    configured,
    of,
    likely: (workspaceId) => (likely.has(workspaceId) ? likely.get(workspaceId) : configured),
    noticed(workspaceId, encoder) {
      if (encoder === configured) likely.delete(workspaceId);
      else {
        if (likely.size >= noticedMax) likely.clear();
        likely.set(workspaceId, encoder);
      }
    },
    async close() {
      await Promise.all([...opened.values()].map((encoder) => encoder.close()));
    },
  };
}

/** The model as it is opened, if all that it needs is configured here. */
function toUsable({ provider, model }: Model, { models }: ModelConfig): EmbeddingRef | undefined {
  if (provider === 'builtin') return model === 'use-lite' ? { provider, model } : undefined;
  if (provider === 'local') return { provider, model };
  if (provider === 'openai') return models.openai.apiKey || models.openai.baseUrl ? { provider, model } : undefined;
  return undefined;
}

/** The encoder whose vectors may stand in the space. One that tells its length with its first vector is to be looked at again then. */
export function encoderFor({ encoder, encoders }: EncoderDeps, space: EmbeddingSpaceKey): Encoder | undefined {
  const found = isModelOf(encoder.space, space) ? encoder : encoders?.of(space);
  const fits = found && (found.space.dimensions === 0 || found.space.dimensions === space.dimensions);
  return fits ? found : undefined;
}
