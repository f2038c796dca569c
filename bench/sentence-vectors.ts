import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Encoder } from '../server/knowledge/encoder.ts';

const folder = join(import.meta.dirname, '../node_modules/.cache/parley-bench');
const textsAtOnce = 64;

/**
 * The encoder's vectors of these texts, kept in a file: tens of thousands take it minutes, and every run of a benchmark wants the
 * same ones.
 */
export async function vectorsOf(
  encoder: Encoder,
  texts: string[],
  kind: 'question' | 'passage',
): Promise<Map<string, Float32Array>> {
  const { provider, model, dimensions } = encoder.space;
  const hash = createHash('sha256')
    .update(JSON.stringify([provider, model, kind, texts]))
    .digest('hex');
  const file = join(folder, `${hash.slice(0, 16)}.f32`);
  const all = (await readKept(file, texts.length * dimensions)) ?? (await embedAll(encoder, texts, kind, file));
  return new Map(texts.map((text, at) => [text, all.subarray(at * dimensions, (at + 1) * dimensions)]));
}

async function readKept(file: string, length: number): Promise<Float32Array | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes?.byteLength === length * 4 ? new Float32Array(Uint8Array.from(bytes).buffer) : undefined;
}

async function embedAll(encoder: Encoder, texts: string[], kind: 'question' | 'passage', file: string) {
  const { dimensions } = encoder.space;
  console.log(`embedding ${texts.length} texts with ${encoder.space.model}; the next run finds them kept`);
  const all = new Float32Array(texts.length * dimensions);
  // texts of a length together: a batch takes as long as its longest one wants
  const order = texts.map((text, at) => ({ text, at })).toSorted((one, other) => one.text.length - other.text.length);
  for (let from = 0; from < order.length; from += textsAtOnce) {
    const batch = order.slice(from, from + textsAtOnce);
    const vectors = await encoder.embed(
      batch.map(({ text }) => text),
      kind,
    );
    for (const [index, vector] of vectors.entries()) all.set(vector, (batch[index]?.at ?? 0) * dimensions);
  }
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.part`, new Uint8Array(all.buffer));
  await rename(`${file}.part`, file);
  return all;
}
