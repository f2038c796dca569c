import { analyzerFor } from '../server/knowledge/analyze.ts';
import type { EvalDocument } from './retrieval-sets.ts';

const k1 = 1.2;
const b = 0.75;

/** The baseline: BM25 over title and text with Porter stems, one field, nothing else. Gives ids, best first, and their scores. */
export async function createPlainBm25(documents: EvalDocument[]) {
  const analyze = await analyzerFor('en');
  const texts = documents.map(({ id, title, body }) => {
    const counts = new Map<number, number>();
    const tokens = analyze(`${title}\n${body}`);
    for (const { term } of tokens) counts.set(term, (counts.get(term) ?? 0) + 1);
    return { id, counts, length: tokens.length };
  });
  const average = texts.reduce((sum, { length }) => sum + length, 0) / Math.max(1, texts.length);
  const containing = new Map<number, number>();
  for (const { counts } of texts)
    for (const term of counts.keys()) containing.set(term, (containing.get(term) ?? 0) + 1);
  return (question: string): { id: string; score: number }[] => {
    const terms = analyze(question).map(({ term }) => term);
    return texts
      .map(({ id, counts, length }) => {
        let score = 0;
        for (const term of terms) {
          const count = counts.get(term);
          if (count === undefined) continue;
          const of = containing.get(term) ?? 0;
          const rarity = Math.log(1 + (texts.length - of + 0.5) / (of + 0.5));
          score += (rarity * count * (k1 + 1)) / (count + k1 * (1 - b + (b * length) / average));
        }
        return { id, score };
      })
      .filter(({ score }) => score > 0)
      .toSorted((one, other) => other.score - one.score);
  };
}
