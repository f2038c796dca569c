import { v5 } from 'uuid';
import { analysisVersion, languageOf } from './analyze.ts';
import { type AverageLengths, termWeights } from './bm25f.ts';
import { type NewChunk, type NewSearchRow, type NewVector, scope } from './index-queries.ts';
import { joinTerms } from './join-terms.ts';
import type { Preparation } from './packed-preparation.ts';
import { weightGrade } from './postings.ts';
import type { DocumentTerms } from './stats-queries.ts';

/** How much of a document its own vector stands for, beside those of its chunks. */
const documentCharactersMax = 800;

/** What to embed: each chunk, and for a document of several chunks its beginning under its title, first. In the order of toPlaces. */
export function textsToEmbed(
  title: string,
  markdown: string,
  chunks: { headingPath: string[]; text: string }[],
): string[] {
  const opening = `${title}\n${plain(markdown).slice(0, documentCharactersMax)}`;
  if (chunks.length === 1) return [opening];
  return [opening, ...chunks.map((chunk) => `${[...chunk.headingPath].join('\n')}\n${plain(chunk.text)}`.trim())];
}

/** Without the marks of markdown and the addresses of links, which only distract an encoder. */
const plain = (markdown: string) =>
  markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`#|>]+/g, ' ')
    .replace(/[ \t]+/g, ' ');

/** The same version split the same way has the same chunk ids again: citations outlive a second indexing. */
export function toChunks({ chunks }: Preparation, documentId: string, version: number): NewChunk[] {
  return chunks.map(({ headingPath, text, tokens }, position) => ({
    id: v5(Buffer.from(JSON.stringify([version, position, headingPath, text])), documentId),
    position,
    headingPath,
    text,
    tokens,
  }));
}

/** What the texts of textsToEmbed stand for in the index: the document, under its first chunk, then its chunks. */
export function toPlaces(chunkIds: string[]): Pick<NewVector, 'chunkId' | 'scope'>[] {
  const [first] = chunkIds;
  if (first === undefined) throw new Error('a document has a chunk');
  if (chunkIds.length === 1) return [{ chunkId: first, scope: scope.both }];
  return [{ chunkId: first, scope: scope.document }, ...chunkIds.map((chunkId) => ({ chunkId, scope: scope.chunk }))];
}

/** The rows of the index for the chunks, in the order of textsToEmbed. */
export function toSearchRows(prepared: Preparation, chunks: NewChunk[], average: AverageLengths): NewSearchRow[] {
  const body = joinTerms(prepared.chunks.flatMap((chunk) => [chunk.headingTerms, chunk.terms]));
  const wholeDocument = termWeights(prepared.titleTerms, body, average);
  const terms = prepared.chunks.map((chunk) => ({
    own: chunk.terms,
    context: joinTerms([prepared.titleTerms, chunk.headingTerms]),
  }));
  const isOne = chunks.length === 1;
  return toPlaces(chunks.map((chunk) => chunk.id)).map((place, index): NewSearchRow => {
    if (index === 0) return { ...place, lexical: wholeDocument, terms: (isOne && terms[0]) || null };
    const own = terms[index - 1];
    if (!own) throw new Error('a chunk is missing');
    return { ...place, lexical: termWeights(own.context, own.own, average), terms: own };
  });
}

/** Vectors in the order of textsToEmbed, with what they stand for. */
export function toVectors(places: Pick<NewVector, 'chunkId' | 'scope'>[], vectors: ArrayLike<number>[]): NewVector[] {
  return places.map(({ chunkId, scope: of }, index) => {
    const embedding = vectors[index];
    if (!embedding) throw new Error('a vector is missing');
    return { chunkId, scope: of, embedding };
  });
}

/** `rows`: from toSearchRows; the first stands for the document. */
export function toDocumentTerms(prepared: Preparation, locale: string, rows: NewSearchRow[]): DocumentTerms {
  const weights = rows[0]?.lexical ?? new Map<number, number>();
  return {
    language: languageOf(locale),
    terms: [...weights.keys()],
    grades: Array.from(weights.values(), weightGrade),
    words: prepared.words.filter(isSpellable),
    titleLength: prepared.titleTerms.length,
    bodyLength: prepared.chunks.reduce((sum, chunk) => sum + chunk.headingTerms.length + chunk.terms.length, 0),
    analysis: analysisVersion,
  };
}

/** What a misspelt word may stand for: letters only. Plain ones are the common case, and told without the tables of Unicode. */
const isSpellable = (word: string) =>
  word.length >= 4 && word.length <= 30 && (/^[a-z]+$/.test(word) || /^\p{L}+$/u.test(word));
