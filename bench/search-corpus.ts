import { newId } from '../server/ids.ts';
import { analyzerFor } from '../server/knowledge/analyze.ts';
import type { Encoder } from '../server/knowledge/encoder.ts';
import { toChunks, toDocumentTerms, toSearchRows, toVectors } from '../server/knowledge/index-entries.ts';
import type { NewChunk, NewSearchRow, NewVector } from '../server/knowledge/index-queries.ts';
import type { Preparation } from '../server/knowledge/prepare-document.ts';
import type { DocumentTerms } from '../server/knowledge/stats-queries.ts';
import { evalSets } from './retrieval-sets.ts';

/*
 * As many documents as wanted, recombined from the sentences of real ones: half of a document's sentences come from one real
 * document, the others from anywhere in its set, and each passage has a word of its own. So terms are as frequent as in real
 * texts, documents have near neighbours, and no two vectors are the same.
 */

const dimensions = 512;
const perTerm = 12;
const wordsPerChunk = 110;
const averageLengths = { title: 6, body: 160 };

type Sentence = { text: string; words: string[]; terms: number[]; vector: Float32Array };
type Source = { titles: Sentence[]; sentences: Sentence[][]; all: Sentence[] };

export type BenchDocument = {
  id: string;
  title: string;
  locale: string;
  chunks: NewChunk[];
  rows: NewSearchRow[];
  vectors: NewVector[];
  terms: DocumentTerms;
};

/** The same numbers each time. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pick = <Item>(items: readonly Item[], random: () => number): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
};

const normalised = (vector: Float32Array): number[] => {
  const length = Math.hypot(...vector) || 1;
  return Array.from(vector, (value) => value / length);
};

function addTerm(vector: Float32Array, term: number, weight: number): void {
  const random = createRandom(term);
  for (let count = 0; count < perTerm; count += 1) {
    const at = Math.floor(random() * dimensions);
    vector[at] = (vector[at] ?? 0) + (random() < 0.5 ? -weight : weight);
  }
}

export type BenchCorpus = {
  questions: string[];
  /** A bag of words, each term weighed by its rarity and thrown on twelve of 512 dimensions. */
  encoder: Encoder;
  makeDocument(random: () => number, chunkCount: number, locale: string): BenchDocument;
};

export async function readCorpus(folder: string): Promise<BenchCorpus> {
  const analyze = await analyzerFor('en');
  const sets = await Promise.all(
    ['wixqa', 'techqa', 'tau_banking', 'mtrag_govt'].map(async (name) => (await evalSets[name]?.(folder))?.[0]),
  );
  const known = sets.flatMap((set) => set ?? []);
  const documentCount = new Map<number, number>();
  const texts = known.map((set) =>
    set.documents.map(({ title, body }) => {
      const parts = body.split(/(?<=[.!?])\s+|\n+/).filter((part) => part.trim().length > 20);
      const seen = new Set([title, ...parts].flatMap((part) => analyze(part).map(({ term }) => term)));
      for (const term of seen) documentCount.set(term, (documentCount.get(term) ?? 0) + 1);
      return { title, parts };
    }),
  );
  const total = texts.flat().length;
  const rarity = (term: number) => Math.log(1 + total / (1 + (documentCount.get(term) ?? 0)));
  const embed = (terms: number[]): Float32Array => {
    const vector = new Float32Array(dimensions);
    for (const term of terms) addTerm(vector, term, rarity(term));
    return vector;
  };
  const read = (text: string): Sentence => {
    const tokens = analyze(text);
    const terms = tokens.map(({ term }) => term);
    return { text, words: tokens.map(({ word }) => word), terms, vector: embed(terms) };
  };
  const sources: Source[] = texts.map((documents) => {
    const sentences = documents.map(({ parts }) => parts.map(read)).filter((parts) => parts.length > 0);
    return { titles: documents.map(({ title }) => read(title.slice(0, 200))), sentences, all: sentences.flat() };
  });
  const encoder: Encoder = {
    space: { provider: 'bench', model: 'bag-of-words', dimensions },
    embed: async (wanted) => wanted.map((text) => normalised(embed(analyze(text).map(({ term }) => term)))),
    close: async () => undefined,
  };
  return {
    questions: known.flatMap((set) => set.questions.map(({ question }) => question)),
    encoder,
    makeDocument: (random, chunkCount, locale) => makeDocument(pick(sources, random), random, chunkCount, locale, read),
  };
}

function makeDocument(
  source: Source,
  random: () => number,
  chunkCount: number,
  locale: string,
  read: (text: string) => Sentence,
): BenchDocument {
  const own = pick(source.sentences, random);
  const title = pick(source.titles, random);
  const passages = Array.from({ length: chunkCount }, () => {
    const sentences = [read(`Case ${Math.floor(random() * 1e9).toString(36)}x.`)];
    for (let words = 0; words < wordsPerChunk; words += sentences.at(-1)?.terms.length || 5) {
      sentences.push(random() < 0.5 ? pick(own, random) : pick(source.all, random));
    }
    return sentences;
  });
  const sum = (sentences: Sentence[]) => {
    const vector = Float32Array.from(title.vector);
    for (const sentence of sentences) {
      for (let at = 0; at < dimensions; at += 1) vector[at] = (vector[at] ?? 0) + (sentence.vector[at] ?? 0);
    }
    return normalised(vector);
  };
  const prepared: Preparation = {
    markdown: '',
    titleTerms: title.terms,
    words: [...new Set([title, ...passages.flat()].flatMap((sentence) => sentence.words))],
    chunks: passages.map((sentences) => {
      const text = sentences.map((sentence) => sentence.text).join(' ');
      const terms = Int32Array.from(sentences.flatMap((sentence) => sentence.terms));
      return { headingPath: [], text, tokens: Math.ceil(text.length / 4), headingTerms: [], terms };
    }),
  };
  const id = newId();
  const chunks = toChunks(prepared, id, 1);
  const rows = toSearchRows(prepared, chunks, averageLengths);
  const opening = sum(chunkCount === 1 ? passages.flat() : passages.flatMap((sentences) => sentences.slice(0, 3)));
  return {
    id,
    title: title.text,
    locale,
    chunks,
    rows,
    vectors: toVectors(rows, [opening, ...passages.map(sum)]),
    terms: toDocumentTerms(prepared, 'en', rows),
  };
}
