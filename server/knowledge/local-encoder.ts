import { basename, dirname, resolve } from 'node:path';
import { isFolder } from '../config.ts';
import type { Encoder } from './encoder.ts';
import { conventionsOf } from './model-conventions.ts';
import { createThreadEncoder } from './thread-encoder.ts';

/** What the thread loads: a model of the hub, or one in a folder. */
export type LocalModel = {
  id: string;
  /** The folder that `id` is in; without it the model comes from the hub. */
  folder: string | undefined;
  /** Where what was downloaded is kept. */
  cache: string;
  pooling: 'mean' | 'cls';
};

/** About what the widespread models take, 512 tokens. */
const textCharactersMax = 2_400;
/** A download of a model of a few hundred megabytes. */
const loadTimeoutMs = 600_000;

/**
 * A sentence-transformers model in ONNX form, run in a thread of this process by `@huggingface/transformers`, which must be
 * installed beside Parley. A model of the hub is downloaded into DATA_DIR/models at its first use.
 */
export function createLocalEncoder({ model, dataDir }: { model: string; dataDir: string }): Encoder {
  const { question, passage, pooling } = conventionsOf(model);
  const path = isFolder(model) ? resolve(model) : undefined;
  const data: LocalModel = {
    id: path ? basename(path) : model,
    folder: path ? dirname(path) : undefined,
    cache: resolve(dataDir, 'models'),
    pooling,
  };
  return createThreadEncoder({
    space: { provider: 'local', model, dimensions: 0 },
    script: new URL('./local-encoder-thread.ts', import.meta.url),
    data,
    prepare: (text, kind) =>
      (kind === 'question' ? question : passage) + (text.slice(0, textCharactersMax).toWellFormed().trim() || '.'),
    batch: { textsMax: 8, charactersMax: 4_800 },
    loadTimeoutMs,
  });
}
