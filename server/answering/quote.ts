import type { Analyze } from '../knowledge/analyze.ts';
import { spansOf } from './spans.ts';

const quoteCharactersMax = 500;

/** The passage of a chunk that says most of what the claims say: word for word, whole sentences, at most 500 characters. */
export function quoteFor(chunk: string, claims: string, analyze: Analyze): string {
  const wanted = new Set(analyze(claims).map(({ term }) => term));
  const spans = spansOf(chunk).filter((span) => span.kind !== 'heading');
  const scored = spans.map((span) => {
    const terms = new Set(analyze(chunk.slice(span.start, span.end)).map(({ term }) => term));
    let shared = 0;
    for (const term of terms) if (wanted.has(term)) shared += 1;
    // among equals the shorter one says it more plainly
    return { span, score: shared / (1 + 0.02 * terms.size) };
  });
  const best = scored.reduce<(typeof scored)[number] | undefined>(
    (top, entry) => (!top || entry.score > top.score ? entry : top),
    undefined,
  );
  if (!best) return chunk.slice(0, quoteCharactersMax).trim();
  let first = scored.indexOf(best);
  let last = first;
  const length = (from: number, to: number) => (spans[to]?.end ?? 0) - (spans[from]?.start ?? 0);
  const worth = (at: number) => (scored[at]?.score ?? 0) > 0 && (scored[at]?.score ?? 0) >= best.score / 2;
  for (let grown = true; grown; ) {
    grown = false;
    if (worth(last + 1) && length(first, last + 1) <= quoteCharactersMax) {
      last += 1;
      grown = true;
    }
    if (first > 0 && worth(first - 1) && length(first - 1, last) <= quoteCharactersMax) {
      first -= 1;
      grown = true;
    }
  }
  return chunk.slice(spans[first]?.start ?? 0, spans[last]?.end ?? 0).slice(0, quoteCharactersMax * 2);
}
