import { joinTerms } from './join-terms.ts';
import type { Passage } from './split-markdown.ts';

/** A chunk before it is stored; `terms` are its stems in their order. */
type PreparedChunk = Passage & { headingTerms: number[]; terms: Int32Array };
/** What is read of a document: `words` are the distinct ones, as they are written, of all its parts. */
export type Preparation = {
  title: string;
  markdown: string;
  titleTerms: number[];
  words: string[];
  chunks: PreparedChunk[];
};

/**
 * A preparation on its way between two threads, where every array and object costs: all terms in one block that changes hands, those
 * of the title, then of each chunk's headings and the chunk; `counts` says how many each are. The words by line.
 */
export type PackedPreparation = {
  title: string;
  markdown: string;
  words: string;
  passages: Passage[];
  terms: Int32Array<ArrayBuffer>;
  counts: Int32Array<ArrayBuffer>;
};

export function pack({ title, markdown, titleTerms, words, chunks }: Preparation): PackedPreparation {
  const parts = [titleTerms, ...chunks.flatMap((chunk) => [chunk.headingTerms, chunk.terms])];
  return {
    title,
    markdown,
    words: words.join('\n'),
    passages: chunks.map(({ headingPath, text, tokens }) => ({ headingPath, text, tokens })),
    terms: joinTerms(parts),
    counts: Int32Array.from(parts, (part) => part.length),
  };
}

export function unpack({ title, markdown, words, passages, terms, counts }: PackedPreparation): Preparation {
  let at = 0;
  let part = 0;
  const next = () => {
    const from = at;
    at += counts[part++] ?? 0;
    return terms.subarray(from, at);
  };
  return {
    title,
    markdown,
    titleTerms: Array.from(next()),
    words: words === '' ? [] : words.split('\n'),
    chunks: passages.map((passage) => ({ ...passage, headingTerms: Array.from(next()), terms: next() })),
  };
}
