import { newId } from '../server/ids.ts';
import { analyzerFor } from '../server/knowledge/analyze.ts';
import { createBuiltinEncoder } from '../server/knowledge/builtin-encoder.ts';
import type { Encoder } from '../server/knowledge/encoder.ts';
import { toChunks, toDocumentTerms, toSearchRows, toVectors } from '../server/knowledge/index-entries.ts';
import type { NewChunk, NewSearchRow, NewVector } from '../server/knowledge/index-queries.ts';
import type { Preparation } from '../server/knowledge/packed-preparation.ts';
import type { DocumentTerms } from '../server/knowledge/stats-queries.ts';
import { evalSets } from './retrieval-sets.ts';
import { vectorsOf } from './sentence-vectors.ts';

/*
 * As many documents as wanted, recombined from the sentences of real ones: half of a document's sentences come from one real
 * document, the others from anywhere in its set, and each passage has a word of its own. So terms are as frequent as in real
 * texts, documents have near neighbours, and no two vectors are the same. A passage's vector is the sum of those that the built-in
 * encoder gives its sentences, and a question's the one that it gives the question.
 */

const dimensions = 512;
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

export type BenchCorpus = {
  questions: string[];
  /** Encodes each text once and then knows its vector: what the encoder costs is `bench:encoder`'s to say. */
  encoder: Encoder;
  makeDocument(random: () => number, chunkCount: number, locale: string): BenchDocument;
};

const sentencesOf = (body: string) => body.split(/(?<=[.!?])\s+|\n+/).filter((part) => part.trim().length > 20);
const titleOf = (title: string) => title.slice(0, 200);

export async function readCorpus(folder: string): Promise<BenchCorpus> {
  const analyze = await analyzerFor('en');
  const sets = await Promise.all(
    ['wixqa', 'techqa', 'tau_banking', 'mtrag_govt'].map(async (name) => (await evalSets[name]?.(folder))?.[0]),
  );
  const known = sets.flatMap((set) => set ?? []);
  const texts = known.map(({ documents }) =>
    documents.map(({ title, body }) => ({ title: titleOf(title), sentences: sentencesOf(body) })),
  );
  const questions = known.flatMap((set) => set.questions.map(({ question }) => question));
  const builtin = createBuiltinEncoder();
  const distinct = [...new Set(texts.flat().flatMap(({ title, sentences }) => [title, ...sentences]))];
  const passages = await vectorsOf(builtin, distinct, 'passage');
  const asked = await vectorsOf(builtin, questions, 'question');
  const nothing = new Float32Array(builtin.space.dimensions);
  const read = (text: string): Sentence => {
    const tokens = analyze(text);
    const terms = tokens.map(({ term }) => term);
    return { text, words: tokens.map(({ word }) => word), terms, vector: passages.get(text) ?? nothing };
  };
  const sources: Source[] = texts.map((documents) => {
    const sentences = documents.map((document) => document.sentences.map(read)).filter((parts) => parts.length > 0);
    return { titles: documents.map(({ title }) => read(title)), sentences, all: sentences.flat() };
  });
  return {
    questions,
    encoder: {
      ...builtin,
      embed: async (wanted, kind) => {
        // a question that had its spelling corrected is another text
        const unknown = wanted.filter((text) => !asked.has(text));
        const encoded = unknown.length > 0 ? await builtin.embed(unknown, kind) : [];
        for (const [at, text] of unknown.entries()) asked.set(text, Float32Array.from(encoded[at] ?? nothing));
        return wanted.map((text) => Array.from(asked.get(text) ?? nothing));
      },
    },
    makeDocument: (random, chunkCount, locale) => makeDocument(pick(sources, random), random, chunkCount, locale, read),
  };
}

function sumOf(sentences: Sentence[]): Float32Array {
  const sum = new Float32Array(dimensions);
  for (const { vector } of sentences) {
    for (let at = 0; at < dimensions; at += 1) sum[at] = (sum[at] ?? 0) + (vector[at] ?? 0);
  }
  return sum;
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
  const embed = (sentences: Sentence[]) => normalised(sumOf([title, ...sentences]));
  const prepared: Preparation = {
    title: title.text,
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
  const opening = embed(chunkCount === 1 ? passages.flat() : passages.flatMap((sentences) => sentences.slice(0, 3)));
  return {
    id,
    title: title.text,
    locale,
    chunks,
    rows,
    vectors: toVectors(rows, [opening, ...passages.map(embed)]),
    terms: toDocumentTerms(prepared, 'en', rows),
  };
}
