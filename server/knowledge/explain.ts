import type { SearchExplanation, SearchResult } from '../../protocol/knowledge.ts';
import type { Question } from './question.ts';
import type { RankedChunk } from './rank.ts';
import type { ScoredDocument } from './search-queries.ts';

/*
 * Why a result stands where it does. Nothing here decides anything: it reads what the search has kept, and looks at the few texts
 * that are shown. Only made when asked for.
 */

type Explained = { question: Question; documents: ScoredDocument[]; ranked: RankedChunk[]; semanticShare: number };
type Matched = SearchExplanation['matched'][number];
/** A word of the question by the stems that stand for it. */
type AskedWord = Pick<Matched, 'word' | 'weight' | 'correctedFrom' | 'carried'> & { terms: number[] };

/** The same results, each with its explanation. */
export function explainResults(results: SearchResult[], explained: Explained): SearchResult[] {
  const { question, documents, ranked, semanticShare } = explained;
  const byDocument = new Map(ranked.map((chunk) => [chunk.documentId, chunk]));
  const cosines = new Map(documents.map((one) => [one.documentId, semanticShare > 0 ? one.semantic : null]));
  const lexical = [...byDocument.values()].map((chunk) => chunk.lexical);
  const semantic = [...cosines.values()].flatMap((cosine) => cosine ?? []);
  const asked = askedWords(question);
  return results.map((result) => {
    const cosine = cosines.get(result.documentId) ?? null;
    return {
      ...result,
      explanation: {
        lexicalRank: result.lexical > 0 ? placeOf(result.lexical, lexical) : null,
        semanticRank: cosine === null ? null : placeOf(cosine, semantic),
        cosine,
        semanticShare,
        parts: scaledParts(byDocument.get(result.documentId)),
        matched: matchedWords(result, asked, question),
      },
    };
  });
}

const placeOf = (value: number, among: number[]): number => 1 + among.filter((other) => other > value).length;

/** So that they add up to the lexical score that is shown. */
function scaledParts(chunk: RankedChunk | undefined): SearchExplanation['parts'] {
  const { document, window, pairs } = chunk?.parts ?? { document: 0, window: 0, pairs: 0 };
  const sum = document + window + pairs;
  const factor = sum > 0 ? (chunk?.lexical ?? 0) / sum : 0;
  return { document: document * factor, window: window * factor, pairs: pairs * factor };
}

/** Each word of the question once, the heaviest first; those that no document can be found by are left out. */
function askedWords({ weights, reading: { analyze, tokens, corrections, carried, others } }: Question): AskedWord[] {
  const asked = new Map<string, AskedWord>();
  const add = (word: string, term: number, more: Pick<AskedWord, 'correctedFrom' | 'carried'>) => {
    const weight = weights.get(term);
    if (weight === undefined) return;
    const known = asked.get(word);
    if (!known) asked.set(word, { word, weight, terms: [term], ...more });
    // a word has a stem for each language of the knowledge base: one of them is found
    else if (!known.terms.includes(term)) {
      asked.set(word, { ...known, weight: Math.max(known.weight, weight), terms: [...known.terms, term] });
    }
  };
  for (const { word, term } of tokens) {
    const meant = corrections.get(word);
    if (meant === undefined) add(word, term, {});
    else for (const token of analyze(meant)) add(meant, token.term, { correctedFrom: word });
  }
  for (const [term, { word }] of carried) add(word, term, { carried: true });
  // a word is found by those that say the same, too
  for (const [other, standsFor] of others) {
    if (!weights.has(other)) continue;
    const word = [...asked.values()].find(({ terms }) => terms.some((term) => standsFor.includes(term)));
    word?.terms.push(other);
  }
  return [...asked.values()].toSorted((one, other) => other.weight - one.weight);
}

function matchedWords(result: SearchResult, asked: AskedWord[], { reading }: Question): Matched[] {
  const places = [
    { place: 'title' as const, written: writtenWords(result.title, reading.analyze) },
    { place: 'heading' as const, written: writtenWords(result.headingPath.join('\n'), reading.analyze) },
    { place: 'text' as const, written: writtenWords(result.text, reading.analyze) },
  ];
  return asked.flatMap(({ terms, ...word }) => {
    const found = places.filter(({ written }) => terms.some((term) => written.has(term)));
    if (found.length === 0) return [];
    const forms = found.flatMap(({ written }) => terms.flatMap((term) => [...(written.get(term) ?? [])]));
    return [{ ...word, in: found.map(({ place }) => place), forms: [...new Set(forms)] }];
  });
}

/** The words of a text by their stem. */
function writtenWords(text: string, analyze: Question['reading']['analyze']): Map<number, Set<string>> {
  const written = new Map<number, Set<string>>();
  for (const { word, term } of analyze(text)) {
    const forms = written.get(term) ?? new Set();
    written.set(term, forms.add(word));
  }
  return written;
}
