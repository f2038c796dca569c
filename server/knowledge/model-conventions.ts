/** What a model was trained to see before a question and before a passage, and how its tokens become one vector. */
export type Conventions = { question: string; passage: string; pooling: 'mean' | 'cls' };

/**
 * By what stands in a model's name; the first that fits counts. Prefixes and pooling as in the usage examples of the e5 models
 * (intfloat) and in FlagEmbedding's README. The instructed e5 models want an instruction of their own and get no prefix.
 */
const table: [RegExp, Conventions][] = [
  [/(^|[/_-])e5-(?!.*instruct)/i, { question: 'query: ', passage: 'passage: ', pooling: 'mean' }],
  [/bge-m3/i, { question: '', passage: '', pooling: 'cls' }],
  [/bge-.*zh/i, { question: '为这个句子生成表示以用于检索相关文章：', passage: '', pooling: 'cls' }],
  [/bge-.*en/i, { question: 'Represent this sentence for searching relevant passages: ', passage: '', pooling: 'cls' }],
];

/** Mean and no prefix, unless the model's name says otherwise. */
export function conventionsOf(model: string): Conventions {
  return table.find(([name]) => name.test(model))?.[1] ?? { question: '', passage: '', pooling: 'mean' };
}
