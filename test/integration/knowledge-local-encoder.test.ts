import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../server/config.ts';
import { createEncoder } from '../../server/knowledge/create-encoder.ts';
import { type TinyModel, writeTinyModel } from '../support/tiny-onnx.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function folderFor(name = 'model'): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'parley-model-'));
  closing.push(() => rm(root, { recursive: true }));
  return join(root, name);
}

function open(model: string) {
  const encoder = createEncoder(parseConfig({ EMBEDDING_MODEL: `local:${model}` }));
  closing.push(() => encoder.close());
  return encoder;
}

const words = {
  '[PAD]': [9, 9, 9],
  '[UNK]': [0, 0, 1],
  returns: [3, 0, 0],
  refund: [0, 4, 0],
  query: [0, 0, 2],
  passage: [0, 0, -2],
};

async function openTiny(model: Partial<TinyModel> = {}, name?: string) {
  const folder = await folderFor(name);
  await writeTinyModel(folder, { words, ...model });
  return { folder, encoder: open(folder) };
}

const unusable = (reason: RegExp) => ({ code: 'unavailable', publicMessage: expect.stringMatching(reason) });

describe('a local model that is not there', () => {
  test('is named, with its folder', async () => {
    const folder = await folderFor('nowhere');
    const asked = open(folder).embed(['text'], 'passage');
    await expect(asked).rejects.toMatchObject(
      unusable(/embedding model local:.*nowhere cannot .*there is no folder .*nowhere\.$/),
    );
  });

  test('in part, is told by what is missing', async () => {
    const { folder, encoder } = await openTiny();
    await rm(join(folder, 'tokenizer.json'));
    await expect(encoder.embed(['text'], 'passage')).rejects.toMatchObject(unusable(/holds no tokenizer\.json/));
    await writeTinyModel(folder, { words });
    await rm(join(folder, 'onnx'), { recursive: true });
    await expect(encoder.embed(['text'], 'passage')).rejects.toMatchObject(unusable(/neither onnx\/model\.onnx/));
  });
});

function isInstalled(): boolean {
  try {
    return createRequire(import.meta.url).resolve('@huggingface/transformers') !== '';
  } catch {
    return false;
  }
}

describe.runIf(!isInstalled())('without the library for local models', () => {
  test('the error says what to install', async () => {
    const { encoder } = await openTiny();
    await expect(encoder.embed(['text'], 'passage')).rejects.toMatchObject(
      unusable(/npm install .*@huggingface\/transformers/),
    );
  });
});

describe.runIf(isInstalled())('a local model', () => {
  test('gives the mean of its words at length 1, in the order of the texts, the same each time', async () => {
    const { encoder } = await openTiny();
    expect(encoder.space).toMatchObject({ provider: 'local', dimensions: 0 });
    const texts = [
      'returns',
      'Refund returns',
      'refund',
      ...Array.from({ length: 20 }, () => 'returns returns refund'),
    ];
    const found = await encoder.embed(texts, 'passage');
    expect(encoder.space.dimensions).toBe(3);
    expect(found).toHaveLength(texts.length);
    expect(found[0]).toEqual([1, 0, 0]);
    for (const [at, value] of [0.6, 0.8, 0].entries()) expect(found[1]?.[at]).toBeCloseTo(value, 6);
    expect(found[2]).toEqual([0, 1, 0]);
    expect(await encoder.embed(texts, 'passage')).toEqual(found);
  });

  test('takes any text', async () => {
    const { encoder } = await openTiny();
    const found = await encoder.embed(['', ' ', '\u0000', '🙂', '返品', '\ud800', 'word '.repeat(10_000)], 'passage');
    expect(found.flat().every(Number.isFinite)).toBe(true);
  });

  test('whose name says e5 gets its prefix before a question and before a passage', async () => {
    const { encoder } = await openTiny({}, 'e5-tiny');
    const [question] = await encoder.embed(['returns'], 'question');
    const [passage] = await encoder.embed(['returns'], 'passage');
    expect(question).not.toEqual(passage);
    expect(question?.[2]).toBeGreaterThan(passage?.[2] ?? 1);
  });

  test('a question overtakes a long list of texts', async () => {
    const { encoder } = await openTiny();
    await encoder.embed(['warm'], 'passage');
    const order: string[] = [];
    const list = encoder.embed(
      Array.from({ length: 200 }, () => 'returns '.repeat(50)),
      'passage',
    );
    const question = encoder.embed(['refund'], 'question');
    await Promise.all([list.then(() => order.push('list')), question.then(() => order.push('question'))]);
    expect(order).toEqual(['question', 'list']);
  });

  test('with weights that are not numbers cannot be used', async () => {
    const { encoder } = await openTiny({ words: { ...words, returns: [Number.NaN, 0, 0] } });
    await expect(encoder.embed(['returns'], 'passage')).rejects.toMatchObject(unusable(/local:.*not finite/));
  });

  test.each([
    ['that hears speech', { modelType: 'whisper' }, /cannot be loaded|makes no sentence vectors/],
    ['whose output is something else', { output: 'boxes' }, /makes no sentence vectors/],
  ])('%s cannot be used, and the error says why', async (_name, model, reason) => {
    const { encoder } = await openTiny(model);
    await expect(encoder.embed(['returns'], 'passage')).rejects.toMatchObject(unusable(reason));
  });
});
