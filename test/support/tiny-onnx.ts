import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * A sentence model as small as can be, in the folders and files of the Hugging Face hub: each word has a vector, and the model looks
 * it up. ONNX is protobuf; the few fields that it takes are written here by hand (onnx.proto3 of ONNX 1.14, opset 13).
 */

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
const number = (field: number, value: number) => Buffer.from([...varint(field * 8), ...varint(value)]);
const bytes = (field: number, value: Buffer | string) => {
  const content = Buffer.from(value);
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(content.length)]), content]);
};
const message = (field: number, ...parts: Buffer[]) => bytes(field, Buffer.concat(parts));

const int64 = 7;
const float = 1;

function tensorType(name: string, type: number, dims: (string | number)[]): Buffer[] {
  const shape = dims.map((dim) => message(1, typeof dim === 'string' ? bytes(2, dim) : number(1, dim)));
  return [bytes(1, name), message(2, message(1, number(1, type), message(2, ...shape)))];
}

function onnxModel(vectors: number[][], output: string): Buffer {
  const width = vectors[0]?.length ?? 0;
  const table = Buffer.from(Float32Array.from(vectors.flat()).buffer);
  const graph = [
    message(1, bytes(1, 'table'), bytes(1, 'input_ids'), bytes(2, output), bytes(4, 'Gather')),
    bytes(2, 'tiny'),
    message(5, number(1, vectors.length), number(1, width), number(2, float), bytes(8, 'table'), bytes(9, table)),
    message(11, ...tensorType('input_ids', int64, ['batch', 'length'])),
    message(11, ...tensorType('attention_mask', int64, ['batch', 'length'])),
    message(12, ...tensorType(output, float, ['batch', 'length', width])),
  ];
  return Buffer.concat([number(1, 8), message(7, ...graph), message(8, bytes(1, ''), number(2, 13))]);
}

export type TinyModel = {
  /** Each word's vector; a word that is not here has that of `[UNK]`. */
  words: Record<string, number[]>;
  modelType?: string;
  output?: string;
};

/** Writes the model into the folder. */
export async function writeTinyModel(folder: string, { words, modelType = 'bert', output }: TinyModel): Promise<void> {
  const vocabulary = Object.fromEntries(Object.keys(words).map((word, token) => [word, token]));
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: { type: 'WordLevel', vocab: vocabulary, unk_token: '[UNK]' },
  };
  const config = { model_type: modelType, hidden_size: Object.values(words)[0]?.length ?? 0 };
  const settings = { tokenizer_class: 'PreTrainedTokenizerFast', pad_token: '[PAD]', unk_token: '[UNK]' };
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ ...settings, model_max_length: 64 }));
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  const model = onnxModel(Object.values(words), output ?? 'last_hidden_state');
  await writeFile(join(folder, 'onnx', 'model.onnx'), model);
}
