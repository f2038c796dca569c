/** What a model was trained to see before a question and before a passage, and how its tokens become one vector. */
export type Conventions = { question: string; passage: string; pooling: 'mean' | 'cls' };

const searchInstruction = 'Represent this sentence for searching relevant passages: ';

/** By what stands in a model's name; the first that fits counts. From the models' own pages. */
const table: [RegExp, Conventions][] = [
  [
    /e5-.*instruct/i,
    {
      question: 'Instruct: Given a question of a customer, retrieve passages that answer it\nQuery: ',
      passage: '',
      pooling: 'mean',
    },
  ],
  [/(^|[/_-])e5-/i, { question: 'query: ', passage: 'passage: ', pooling: 'mean' }],
  [/bge-.*zh/i, { question: '为这个句子生成表示以用于检索相关文章：', passage: '', pooling: 'cls' }],
  [/bge-m3/i, { question: '', passage: '', pooling: 'cls' }],
  [/bge-|mxbai-embed|arctic-embed/i, { question: searchInstruction, passage: '', pooling: 'cls' }],
  [/nomic-embed/i, { question: 'search_query: ', passage: 'search_document: ', pooling: 'mean' }],
];

/** Mean and no prefix, unless the model's name says otherwise. */
export function conventionsOf(model: string): Conventions {
  return table.find(([name]) => name.test(model))?.[1] ?? { question: '', passage: '', pooling: 'mean' };
}
