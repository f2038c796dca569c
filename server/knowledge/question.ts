import type { HistoryEntry } from '../../protocol/knowledge.ts';
import type { Db } from '../db/pool.ts';
import { type Analyze, analyzerFor, languageOf, type Token } from './analyze.ts';
import { countTerms, inverseDocumentFrequency, questionWeight, scoreMax } from './bm25f.ts';
import { correctSpelling } from './correct-spelling.ts';
import type { Corpus } from './ground-queries.ts';
import type { TermCount } from './postings.ts';
import { findTermCounts } from './stats-queries.ts';
import { questionStopWords } from './stop-words.ts';
import { otherStems } from './synonyms.ts';
import { weighOthers, weighStrange } from './weigh-others.ts';

/** A question made ready for the index. */
export type Question = {
  /** The last turn as it was asked. */
  text: string;
  /** As it stands alone: with the words carried over from earlier turns. */
  standalone: string;
  /** By stem: how much a document with it gains, before the document's own part. */
  weights: Map<number, number>;
  /** What a document would score that speaks of nothing else; words that no document has count too. */
  scoreMax: number;
  /** Of those of the stems that are counted: how many documents have them. */
  counts: Map<number, TermCount>;
  /** Stems of the last turn in their order. */
  sequence: number[];
  /** Distinct stems of the last turn. */
  termCount: number;
  /** How it was read, for an explanation: its words, what misspelt ones were taken for, and what was carried over. */
  reading: {
    analyze: Analyze;
    tokens: Token[];
    corrections: ReadonlyMap<string, string>;
    carried: Carried;
    /** Stems that say the same, with those that they stand for. */
    others: ReadonlyMap<number, number[]>;
  };
};

/** A pasted log or mail asks with its rarest words. */
const termsMax = 200;
/** Of words that no counted document has, the first are looked for all the same: a new document may have them. */
const uncountedMax = 16;
const charactersMax = 50_000;
const languagesMax = 4;
const turnsCarried = 3;
const carriedWeight = 0.4;
const carriedDecay = 0.6;
const carriedWordsMax = 8;

const readable = (text: string) => text.replaceAll('\u0000', '').toWellFormed().trim().slice(0, charactersMax);

type Carried = Map<number, { weight: number; word: string }>;

/** What the customer said before, the last three turns, each weighing less; what the current turn says itself is left out. */
function carryOver(history: HistoryEntry[], analyze: (text: string) => Token[], current: ReadonlySet<number>): Carried {
  const turns = history
    .filter((entry) => entry.role === 'customer')
    .slice(-turnsCarried)
    .reverse();
  const carried: Carried = new Map();
  for (const [age, turn] of turns.entries()) {
    const tokens = analyze(turn.body.slice(0, charactersMax));
    const words = new Map(tokens.map((token) => [token.term, token.word]));
    for (const [term, count] of countTerms(tokens.map((token) => token.term))) {
      if (current.has(term) || carried.has(term)) continue;
      const weight = carriedWeight * carriedDecay ** age * questionWeight(count);
      carried.set(term, { weight, word: words.get(term) ?? '' });
    }
  }
  return carried;
}

async function analyzers(languages: string[], locale: string | undefined): Promise<Analyze> {
  const wanted = locale === undefined ? languages.slice(0, languagesMax) : [languageOf(locale)];
  const each = await Promise.all((wanted.length > 0 ? wanted : ['en']).map(analyzerFor));
  const [only] = each;
  if (only && each.length === 1) return only;
  // a word counts once for each way its stem is built
  return (text) => {
    const byWord = each.flatMap((analyze) => analyze(text));
    const seen = new Set<string>();
    return byWord.filter(({ word, term }) => {
      const key = `${word} ${term}`;
      const isCopy = seen.has(key) && each.length > 1;
      seen.add(key);
      return !isCopy;
    });
  };
}

/** What a question says, before anything is known of how rare its words are. */
export type Words = {
  text: string;
  rewritten: string;
  analyze: Analyze;
  tokens: Token[];
  carried: Carried;
  /** Stems that say the same, with those that they stand for. */
  others: Map<number, number[]>;
  /** All distinct stems, those carried over and those that say the same too. */
  terms: number[];
};

type Asked = {
  query: string;
  standalone?: string | undefined;
  history: HistoryEntry[];
  locale?: string | undefined;
};

/** Reads a question in the languages of the knowledge base, or in that of its locale. Null where it has no letter and no digit. */
export async function readWords(asked: Asked, languages: string[]): Promise<Words | null> {
  const text = readable(asked.query);
  if (!/[\p{L}\p{N}]/u.test(text)) return null;
  const rewritten = readable(asked.standalone ?? '');
  const analyze = await analyzers(languages, asked.locale);
  const read: Analyze = (question) => analyze(question).filter(({ word }) => !questionStopWords.has(word));
  const own = read(text);
  const said = new Set(own.map((token) => token.term));
  const tokens = [...own, ...read(rewritten).filter((token) => !said.has(token.term))];
  const carried = carryOver(asked.history, read, new Set(tokens.map((token) => token.term)));
  const others = await otherStems(text, tokens);
  const terms = [...new Set([...tokens.map((token) => token.term), ...carried.keys(), ...others.keys()])];
  return { text, rewritten, analyze, tokens, carried, others, terms };
}

/** Reads and weighs a question; null where there is nothing to look for. */
export async function readQuestion(
  db: Db,
  asked: Asked & { workspaceId: string },
  corpus: Corpus,
): Promise<Question | null> {
  const words = await readWords(asked, corpus.languages);
  return (
    words && weighWords(db, asked.workspaceId, words, corpus, await findTermCounts(db, asked.workspaceId, words.terms))
  );
}

/** `counts`: of the stems. Words that no document has are taken for the ones they were meant as. */
export async function weighWords(
  db: Db,
  workspaceId: string,
  { text, rewritten, analyze, tokens: read, carried, others: ofWords }: Words,
  corpus: Corpus,
  counts: Map<number, TermCount>,
): Promise<Question> {
  // a code that no document has must not come between its neighbours; its parts may still be known
  const tokens = read.filter((token) => token.code !== 'whole' || counts.has(token.term));
  // in one of the languages: by the rules of another a word may have a stem that no document has
  const known = new Set(tokens.filter((token) => counts.has(token.term)).map((token) => token.word));
  const unknown = tokens.filter((token) => token.code === undefined && !known.has(token.word));
  const corrections = await correctSpelling(db, workspaceId, unknown, corpus.languages);
  const meant = stemsMeant(tokens, corrections, analyze);
  const others = new Map([...(await otherStems('', [...corrections.values()].flatMap(analyze))), ...ofWords]);
  if (meant.size > 0) {
    const more = [...[...meant.values()].flat(), ...others.keys()].filter((term) => !counts.has(term));
    for (const [term, count] of await findTermCounts(db, workspaceId, more)) counts.set(term, count);
  }
  const sequence = tokens.flatMap((token) => meant.get(token.term) ?? [token.term]);
  const weights = new Map<number, number>();
  const weigh = (term: number, weight: number) => {
    const count = counts.get(term);
    if (!count) return;
    weights.set(term, weight * inverseDocumentFrequency(corpus.documents, count.documents));
  };
  for (const [term, { weight }] of carried) weigh(term, weight);
  for (const [term, count] of countTerms(sequence)) weigh(term, questionWeight(count));
  const words = heaviestWords(carried, weights);
  const added = rewritten === '' || rewritten === text ? words : [rewritten, ...words];
  const sought = heaviest(weights);
  const most = scoreMax(sought.values());
  for (const [term, weight] of weighOthers(others, weights, counts, corpus)) sought.set(term, weight);
  const strange = weighStrange(tokens, others, counts, corrections, corpus);
  return {
    text,
    standalone: added.length > 0 ? `${text} (${added.join(' ')})` : text,
    weights: new Map([...sought, ...uncounted(read, counts, corpus)]),
    scoreMax: most + scoreMax([strange]),
    counts,
    sequence,
    termCount: new Set(tokens.map((token) => token.term)).size,
    reading: { analyze, tokens, corrections, carried, others },
  };
}

/** Of the stem of a misspelt word: those of the word that was meant. */
function stemsMeant(tokens: Token[], corrections: ReadonlyMap<string, string>, analyze: Analyze) {
  const meant = new Map<number, number[]>();
  for (const [word, correction] of corrections) {
    const wrong = tokens.find((token) => token.word === word);
    const stems = analyze(correction).map((token) => token.term);
    if (wrong) meant.set(wrong.term, stems);
  }
  return meant;
}

const heaviestWords = (carried: Carried, weights: ReadonlyMap<number, number>): string[] =>
  [...carried]
    .filter(([term]) => weights.has(term))
    .toSorted((one, other) => (weights.get(other[0]) ?? 0) - (weights.get(one[0]) ?? 0))
    .slice(0, carriedWordsMax)
    .map(([, { word }]) => word);

/** A text with its misspelt words as they were meant: an encoder makes nothing of `retrun`. */
export const respell = (text: string, corrections: ReadonlyMap<string, string>): string =>
  text.replace(/[\p{L}\p{M}]+/gu, (word) => corrections.get(word.toLowerCase()) ?? word);

const uncounted = (tokens: Token[], counts: ReadonlyMap<number, TermCount>, corpus: Corpus) =>
  [...countTerms(tokens.map((token) => token.term))]
    .filter(([term]) => !counts.has(term))
    .slice(0, uncountedMax)
    .map(([term, count]): [number, number] => [
      term,
      questionWeight(count) * inverseDocumentFrequency(corpus.documents, 0),
    ]);

const heaviest = (weights: Map<number, number>) =>
  weights.size <= termsMax
    ? new Map(weights)
    : new Map([...weights].toSorted((a, b) => b[1] - a[1]).slice(0, termsMax));
