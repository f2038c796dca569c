import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { z } from 'zod';
import { answerBatches } from './answer-batches.ts';

/*
 * A local model in a thread of its own. `@huggingface/transformers` is no dependency of Parley: with its runtime it takes more room
 * than Parley itself, so only who wants a local model installs it.
 */

// kept in a variable: the package need not be there, for the compiler either
const library = '@huggingface/transformers';
const install = `npm install --no-save --ignore-scripts ${library}@4`;
const reasonCharactersMax = 300;

type Tensor = { dims: number[]; data: unknown };
type Extract = (texts: string[], options: { pooling: string; normalize: boolean }) => Promise<Tensor>;
type Library = {
  env: { cacheDir: string; localModelPath: string; allowRemoteModels: boolean; allowLocalModels: boolean };
  pipeline(task: 'feature-extraction', id: string, options: { dtype: 'fp32' | 'q8'; device: 'cpu' }): Promise<Extract>;
};
const librarySchema = z.custom<Library>(
  (found) => z.object({ env: z.looseObject({}), pipeline: z.function() }).safeParse(found).success,
);

const model = z
  .object({
    id: z.string(),
    folder: z.string().optional(),
    cache: z.string(),
    pooling: z.enum(['mean', 'cls']),
  })
  .parse(workerData);

/** What keeps a folder from being a model, for people. */
function missingIn(folder: string): string | undefined {
  if (!existsSync(folder)) return `there is no folder ${folder}`;
  const files = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
  const missing = files.find((name) => !existsSync(join(folder, name)));
  if (missing) return `the folder ${folder} holds no ${missing}`;
  if (existsSync(join(folder, 'onnx', 'model.onnx')) || isQuantized(folder)) return undefined;
  return `the folder ${folder} holds neither onnx/model.onnx nor onnx/model_quantized.onnx`;
}

const isQuantized = (folder: string) =>
  !existsSync(join(folder, 'onnx', 'model.onnx')) && existsSync(join(folder, 'onnx', 'model_quantized.onnx'));

async function openLibrary(): Promise<Library> {
  try {
    return librarySchema.parse(await import(library));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
      throw new Error(`${library} is not installed: run ${install}`);
    }
    throw error;
  }
}

async function load(): Promise<Extract> {
  const path = model.folder === undefined ? undefined : join(model.folder, model.id);
  const missing = path && missingIn(path);
  if (missing) throw new Error(missing);
  const { env, pipeline } = await openLibrary();
  env.cacheDir = model.cache;
  env.allowRemoteModels = path === undefined;
  env.allowLocalModels = path !== undefined;
  if (model.folder !== undefined) env.localModelPath = model.folder;
  const dtype = path && isQuantized(path) ? 'q8' : 'fp32';
  try {
    return await pipeline('feature-extraction', model.id, { dtype, device: 'cpu' });
  } catch (error) {
    throw new Error(`it cannot be loaded: ${firstLine(error)}`, { cause: error });
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').slice(0, reasonCharactersMax).replace(/\.$/, '');
}

async function embed(extract: Extract, texts: string[]): Promise<Float32Array[]> {
  let tensor: Tensor;
  try {
    tensor = await extract(texts, { pooling: model.pooling, normalize: true });
  } catch (error) {
    throw new Error(`it makes no sentence vectors: ${firstLine(error)}`, { cause: error });
  }
  const { dims, data } = tensor;
  const [count, width = 0] = dims;
  if (!(data instanceof Float32Array) || dims.length !== 2 || count !== texts.length) {
    throw new Error(`it makes no sentence vectors, but numbers in the shape ${dims.join(' × ')}`);
  }
  return texts.map((_, index) => data.slice(index * width, (index + 1) * width));
}

const loading = load();
// whoever asks hears of it
loading.catch(() => undefined);
answerBatches(async (texts) => embed(await loading, texts));
