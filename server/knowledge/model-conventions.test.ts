import { expect, it } from 'vitest';
import { conventionsOf } from './model-conventions.ts';

it.each([
  ['Xenova/multilingual-e5-small', 'query: ', 'passage: ', 'mean'],
  ['/models/e5-base-v2', 'query: ', 'passage: ', 'mean'],
  ['intfloat/multilingual-e5-large-instruct', '', '', 'mean'],
  ['Xenova/bge-small-en-v1.5', 'Represent this sentence for searching relevant passages: ', '', 'cls'],
  ['Xenova/bge-small-zh-v1.5', '为这个句子生成表示以用于检索相关文章：', '', 'cls'],
  ['Xenova/bge-m3', '', '', 'cls'],
  ['Xenova/all-MiniLM-L6-v2', '', '', 'mean'],
])('a model named %s is asked as it was trained', (model, question, passage, pooling) => {
  expect(conventionsOf(model)).toEqual({ question, passage, pooling });
});
