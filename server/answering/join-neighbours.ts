import type { SearchResult } from '../../protocol/knowledge.ts';
import type { Neighbour } from '../knowledge/neighbour-queries.ts';

/** A chunk that may be cited; `joinedTo`: it was not found itself, but goes with the chunk that was. */
export type Source = SearchResult & { joinedTo?: string };

/** Chunks that read as one text, in its order; most are one chunk alone. */
export type Reading = [Source, ...Source[]];

/** What the neighbours of all results may add together. */
const roomTokens = 1_500;

const headingLine = /^\s{0,3}(#{1,6})\s+(.*?)\s*$/;
const itemLine = /^\s*(?:[-*+•]|(\d{1,9})[.)])\s/;
const fence = /^\s*(?:```|~~~)/;

/** The headings that stand above a chunk's last line. */
function lastHeadings({ headingPath, text }: Pick<SearchResult, 'headingPath' | 'text'>): string[] {
  const own: { depth: number; title: string }[] = [];
  let inCode = false;
  for (const line of text.split('\n')) {
    if (fence.test(line)) inCode = !inCode;
    const [, marks, title] = (!inCode && headingLine.exec(line)) || [];
    if (marks === undefined || title === undefined) continue;
    while ((own.at(-1)?.depth ?? 0) >= marks.length) own.pop();
    own.push({ depth: marks.length, title });
  }
  return [...headingPath, ...own.map(({ title }) => title)];
}

type Part = Pick<SearchResult, 'headingPath' | 'text'>;

/** Whether `next`, which stands right after `chunk`, goes on in the same section. */
export function goesOn(chunk: Part, next: Part): boolean {
  if (headingLine.test(next.text.split('\n', 1)[0] ?? '')) return false;
  const above = lastHeadings(chunk);
  return above.length === next.headingPath.length && above.every((title, depth) => title === next.headingPath[depth]);
}

/** Whether the list that `chunk` ends with has its next items in `next`. */
export function listGoesOn(chunk: Part, next: Part): boolean {
  const number = itemLine.exec(next.text);
  const lines = chunk.text.split('\n');
  const item = lines.findLast((line) => itemLine.test(line));
  if (!number || item === undefined || !goesOn(chunk, next)) return false;
  const after = lines.slice(lines.lastIndexOf(item) + 1);
  return number[1] !== '1' && after.every((line) => line.trim() === '' || /^\s/.test(line));
}

/**
 * The results, best first, each with what follows it where its section goes on beyond the chunk, and with what comes before it
 * where it begins in the middle of a list, as long as there is room. No chunk comes twice: a result that goes on a better one
 * stands there.
 */
export function joinNeighbours(results: SearchResult[], neighbours: Neighbour[], room = roomTokens): Reading[] {
  const found = new Map(results.map((result) => [result.chunkId, result]));
  const taken = new Set<string>();
  let left = room;
  const neighbourOf = (result: SearchResult, place: Neighbour['place'], wanted: (near: Neighbour) => boolean) => {
    const near = neighbours.find((one) => one.of === result.chunkId && one.place === place);
    if (!near || taken.has(near.chunkId) || near.tokens > left || !wanted(near)) return [];
    taken.add(near.chunkId);
    left -= near.tokens;
    const { of, place: _, tokens, ...chunk } = near;
    const { score } = result;
    return [found.get(near.chunkId) ?? { ...chunk, score, lexical: 0, semantic: 0, joinedTo: of }];
  };
  const readings: Reading[] = [];
  for (const result of results) {
    if (taken.has(result.chunkId)) continue;
    taken.add(result.chunkId);
    const after = neighbourOf(result, 'after', (next) => goesOn(result, next));
    const [before] = neighbourOf(result, 'before', (previous) => listGoesOn(previous, result));
    readings.push(before ? [before, result, ...after] : [result, ...after]);
  }
  return readings;
}

/** A reading as one text. */
export function readTogether(reading: Reading): SearchResult {
  const [first, ...others] = reading;
  const best = reading.find((source) => source.joinedTo === undefined) ?? first;
  let last: Source = first;
  let text = first.text;
  for (const source of others) {
    text += `${listGoesOn(last, source) ? '\n' : '\n\n'}${source.text}`;
    last = source;
  }
  return { ...best, text };
}

/** A stretch of the text that a reading comes to, by the chunks that hold its parts word for word. */
export function partsOf(reading: Reading, stretch: string): { source: Source; quote: string }[] {
  const { text } = readTogether(reading);
  const start = text.indexOf(stretch);
  const parts: { source: Source; quote: string }[] = [];
  let at = 0;
  for (const source of reading) {
    const from = text.indexOf(source.text, at);
    at = from + source.text.length;
    const quote = text.slice(Math.max(from, start), Math.min(at, start + stretch.length)).trim();
    if (Math.max(from, start) < Math.min(at, start + stretch.length) && quote !== '') parts.push({ source, quote });
  }
  return parts;
}
