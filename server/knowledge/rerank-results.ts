import type { SearchResult } from '../../protocol/knowledge.ts';
import type { Reranker } from './reranker.ts';

/** How many of the best are read by the reranker, and how much of each. */
export const rerankedMax = 30;
const textCharactersMax = 2_000;

const textOf = ({ title, headingPath, text }: SearchResult) =>
  [title, ...headingPath.filter((heading) => heading !== title), text].join('\n').slice(0, textCharactersMax);

/**
 * The results in the reranker's order, with its scores. What it does not read follows, scored below all that it read, in the
 * order it had. Undefined where the reranker cannot be used just now.
 */
export async function rerankResults(
  reranker: Reranker,
  query: string,
  results: SearchResult[],
  signal: AbortSignal | undefined,
): Promise<SearchResult[] | undefined> {
  const [read, unread] = [results.slice(0, rerankedMax), results.slice(rerankedMax)];
  if (read.length === 0) return undefined;
  const scores = await reranker.rerank(query.slice(0, textCharactersMax), read.map(textOf), signal);
  if (!scores) return undefined;
  const best = read
    .map((result, index) => ({ ...result, score: scores[index] ?? 0 }))
    .toSorted((one, other) => other.score - one.score);
  const lowest = best.at(-1)?.score ?? 0;
  const highest = Math.max(Number.MIN_VALUE, ...unread.map(({ score }) => score));
  return [...best, ...unread.map((result) => ({ ...result, score: lowest * (result.score / highest) }))];
}
