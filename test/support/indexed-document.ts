import type { BenchDocument } from '../../bench/search-corpus.ts';
import { newId } from '../../server/ids.ts';
import { analyzerFor } from '../../server/knowledge/analyze.ts';
import { toChunks, toDocumentTerms, toSearchRows, toVectors } from '../../server/knowledge/index-entries.ts';
import type { NewVector } from '../../server/knowledge/index-queries.ts';

type Told = {
  title: string;
  /** The texts of its chunks. */
  chunks: string[];
  locale: string;
  /** In the order of textsToEmbed; without them it has none yet. */
  vectors?: ArrayLike<number>[];
};

/** English documents as they stand in the index, to be written by thousands; `average`: how long they are in words, about. */
export async function toIndexed(documents: Told[], average: { title: number; body: number }): Promise<BenchDocument[]> {
  const analyze = await analyzerFor('en');
  const termsOf = (text: string) => analyze(text).map(({ term }) => term);
  return documents.map(({ title, chunks: texts, locale, vectors }) => {
    const prepared = {
      title,
      markdown: texts.join('\n\n'),
      titleTerms: termsOf(title),
      words: [],
      chunks: texts.map((text) => ({
        headingPath: [],
        text,
        tokens: text.split(' ').length,
        headingTerms: [],
        terms: Int32Array.from(termsOf(text)),
      })),
    };
    const id = newId();
    const chunks = toChunks(prepared, id, 1);
    const rows = toSearchRows(prepared, chunks, average);
    const none: NewVector[] = [];
    return {
      id,
      title,
      locale,
      chunks,
      rows,
      vectors: vectors ? toVectors(rows, vectors) : none,
      terms: toDocumentTerms(prepared, 'en', rows),
    };
  });
}
