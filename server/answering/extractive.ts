import type { SearchResult } from '../../protocol/knowledge.ts';
import type { Analyze } from '../knowledge/analyze.ts';
import { inverseDocumentFrequency } from '../knowledge/bm25f.ts';
import { type Span, spansOf } from './spans.ts';

export type Passage = {
  source: SearchResult;
  /** Word for word a part of `source.text`. */
  quote: string;
  /** How much of the question, by the rarity of its terms, the passage and its title speak of: 0 to 1. */
  coverage: number;
};

const wordsMax = 120;
/** A list of steps or a table is worth more whole. */
const blockWordsMax = 180;
const lengthCost = 0.02;
/** Terms that only earlier turns brought in count less than the question's own. */
const earlierWeight = 0.4;
/** Passages are looked for in the best chunks only. */
const chunksMax = 5;

type Unit = Span & { words: number; terms: Set<number>; quotable: boolean };

function unitsOf(text: string, analyze: Analyze): Unit[] {
  return spansOf(text).map((span) => {
    const part = text.slice(span.start, span.end);
    return {
      ...span,
      words: part.match(/\S+/g)?.length ?? 0,
      terms: new Set(analyze(part).map(({ term }) => term)),
      quotable: span.kind !== 'heading',
    };
  });
}

/** Weights of the question's terms: rare ones among the sentences of the candidates weigh more. */
function weightsOf(question: string, query: string, chunks: Unit[][], analyze: Analyze): Map<number, number> {
  const units = chunks.flat();
  const containing = new Map<number, number>();
  for (const unit of units) for (const term of unit.terms) containing.set(term, (containing.get(term) ?? 0) + 1);
  const weights = new Map<number, number>();
  const weigh = (text: string, factor: number) => {
    for (const { term } of analyze(text)) {
      if (weights.has(term)) continue;
      weights.set(term, factor * inverseDocumentFrequency(units.length, containing.get(term) ?? 0));
    }
  };
  weigh(question, 1);
  weigh(query, earlierWeight);
  return weights;
}

type Run = { first: number; last: number; score: number };

/** The run of consecutive sentences with the largest Σ idf(question ∩ sentence) / (1 + .02 · words), at most 120 words. */
function bestRun(units: Unit[], weights: Map<number, number>): Run | undefined {
  const gains = units.map((unit) => {
    let gain = 0;
    for (const term of unit.terms) gain += weights.get(term) ?? 0;
    return gain;
  });
  let best: Run | undefined;
  for (let first = 0; first < units.length; first += 1) {
    let words = 0;
    let gain = 0;
    for (let last = first; last < units.length; last += 1) {
      const unit = units[last];
      if (!unit?.quotable) break;
      words += unit.words;
      if (words > wordsMax && last > first) break;
      gain += gains[last] ?? 0;
      const score = gain / (1 + lengthCost * words);
      if (score > 0 && (!best || score > best.score)) best = { first, last, score };
    }
  }
  return best;
}

/** Half a list of steps misleads and half a table has no head: takes the whole block where it is not too long, with its lead-in. */
function wholeBlocks(units: Unit[], run: Run): { first: number; last: number } {
  let { first, last } = run;
  const wordsOf = () => units.slice(first, last + 1).reduce((sum, unit) => sum + unit.words, 0);
  const grow = (at: number) => {
    const unit = units[at];
    if (!unit || (unit.kind !== 'item' && unit.kind !== 'row')) return;
    const from = units.findIndex((other) => other.block === unit.block);
    const to = units.findLastIndex((other) => other.block === unit.block);
    const before = { first, last };
    first = Math.min(first, from);
    last = Math.max(last, to);
    if (wordsOf() > blockWordsMax) ({ first, last } = before);
  };
  grow(run.first);
  grow(run.last);
  const opening = units[first];
  const above = units[first - 1];
  const leadsIn = above?.kind === 'sentence' && (opening?.kind === 'item' || opening?.kind === 'row');
  if (leadsIn && above.words <= 30) first -= 1;
  return { first, last };
}

/** The passage of the best chunks that answers the question, or nothing when they share no word with it. */
export function extractPassage(
  input: { question: string; query: string; results: SearchResult[] },
  analyze: Analyze,
): Passage | undefined {
  const chunks = input.results.map((result) => unitsOf(result.text, analyze));
  const weights = weightsOf(input.question, input.query, chunks, analyze);
  const top = input.results[0]?.score ?? 0;
  let best: { source: SearchResult; units: Unit[]; run: Run; score: number } | undefined;
  for (const [index, source] of input.results.slice(0, chunksMax).entries()) {
    const units = chunks[index] ?? [];
    const run = bestRun(units, weights);
    if (!run) continue;
    // the ranking has seen the whole article, the run only some sentences
    const score = run.score * (top > 0 ? Math.max(0, source.score) / top : 1);
    if (!best || score > best.score) best = { source, units, run, score };
  }
  if (!best) return undefined;
  const { first, last } = wholeBlocks(best.units, best.run);
  const start = best.units[first]?.start ?? 0;
  const end = best.units[last]?.end ?? start;
  const quote = best.source.text.slice(start, end);
  const headings = [best.source.title, ...best.source.headingPath].join(' ');
  const spoken = new Set(analyze(`${headings} ${quote}`).map(({ term }) => term));
  let covered = 0;
  let asked = 0;
  for (const term of new Set(analyze(input.question).map((token) => token.term))) {
    const weight = weights.get(term) ?? 0;
    asked += weight;
    if (spoken.has(term)) covered += weight;
  }
  // a follow-up may have no word of its own: what it means was searched for
  return { source: best.source, quote, coverage: asked > 0 ? covered / asked : 1 };
}

/** The quote as an answer: a marker after a table's last row would become a cell. */
export function quoteWithMarker(quote: string, n: number): string {
  const lastLine = quote.slice(quote.lastIndexOf('\n') + 1);
  return /\|\s*$/.test(lastLine) || /^\s*(?:```|~~~)/.test(lastLine) ? `${quote}\n\n[${n}]` : `${quote} [${n}]`;
}

/** A text in pieces of about eight words, for readers who follow along. */
export function piecesOf(text: string): string[] {
  return text.match(/(?:\s*\S+){1,8}\s*/g) ?? [];
}
