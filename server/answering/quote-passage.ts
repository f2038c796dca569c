import type { Analyze } from '../knowledge/analyze.ts';
import { sameStem } from '../knowledge/synonyms.ts';
import { withoutCourtesies } from './courtesies.ts';
import { mayQuote } from './decide.ts';
import { extractPassage, piecesOf, quoteWithMarker } from './extractive.ts';
import { partsOf, readTogether } from './join-neighbours.ts';
import type { Turn, Verdict } from './turn.ts';

export const extractive = 'builtin:extractive';

/** Quotes the passage that answers the question, or nothing where the confidence does not carry it. */
export async function quotePassage(
  turn: Turn,
  analyze: Analyze,
  onText: (text: string) => void,
): Promise<Verdict | undefined> {
  const { query, confidence, meant } = turn.found;
  const question = meant ?? withoutCourtesies(turn.input.question);
  const same = await sameStem();
  const alike: Analyze = (text) => analyze(text).map((token) => ({ ...token, term: same(token.term) }));
  const texts = new Map(turn.readings.map((reading) => [readTogether(reading), reading]));
  const passage = extractPassage({ question, query, results: [...texts.keys()] }, alike);
  if (!passage || !mayQuote(confidence, passage.coverage)) return undefined;
  const reading = texts.get(passage.source);
  const parts = reading ? partsOf(reading, passage.quote) : [];
  const text = parts.map(({ quote }, index) => quoteWithMarker(quote, index + 1)).join('\n');
  for (const piece of piecesOf(text)) onText(piece);
  return {
    kind: 'answer',
    text,
    rule: 'quoted',
    model: extractive,
    citations: parts.map(({ source: { documentId, chunkId, title, url }, quote }, index) => {
      return { n: index + 1, documentId, chunkId, title, url, quote };
    }),
  };
}
