import { v5 } from 'uuid';
import { languageOf } from './analyze.ts';
import { type AverageLengths, termWeights } from './bm25f.ts';
import { type NewChunk, type NewSearchRow, scope } from './index-queries.ts';
import type { Preparation } from './prepare-document.ts';
import type { DocumentTerms } from './stats-queries.ts';
import { weightTier } from './term-keys.ts';

/** How much of a document its own vector stands for, beside those of its chunks. */
const documentCharactersMax = 800;

/** What to embed: each chunk, and for a document of several chunks its beginning under its title, first. */
export function textsToEmbed(title: string, { markdown, chunks }: Preparation): string[] {
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
export function toChunks({ chunks, titleTerms }: Preparation, documentId: string, version: number): NewChunk[] {
  return chunks.map(({ headingPath, text, tokens, terms, headingTerms }, position) => ({
    id: v5(JSON.stringify([version, position, headingPath, text]), documentId),
    position,
    headingPath,
    text,
    tokens,
    terms,
    contextTerms: Int32Array.from([...titleTerms, ...headingTerms]),
  }));
}

const joinTerms = (chunks: Preparation['chunks']): number[] =>
  chunks.flatMap((chunk) => [...chunk.headingTerms, ...chunk.terms]);

/** The rows of the index for the chunks: `vectors` in the order of textsToEmbed. */
export function toSearchRows(
  prepared: Preparation,
  chunks: NewChunk[],
  vectors: number[][],
  average: AverageLengths,
): NewSearchRow[] {
  const [whole, ...parts] = vectors;
  const [first] = chunks;
  if (!whole || !first || parts.length !== (chunks.length === 1 ? 0 : chunks.length)) {
    throw new Error('a vector is missing');
  }
  const documentRow: NewSearchRow = {
    chunkId: first.id,
    scope: chunks.length === 1 ? scope.both : scope.document,
    embedding: whole,
    lexical: termWeights(prepared.titleTerms, joinTerms(prepared.chunks), average),
  };
  const chunkRows = parts.map((embedding, position): NewSearchRow => {
    const source = prepared.chunks[position];
    const chunk = chunks[position];
    if (!source || !chunk) throw new Error('a chunk is missing');
    const above = [...prepared.titleTerms, ...source.headingTerms];
    return { chunkId: chunk.id, scope: scope.chunk, embedding, lexical: termWeights(above, source.terms, average) };
  });
  return [documentRow, ...chunkRows];
}

/** `rows`: from toSearchRows; the first stands for the document. */
export function toDocumentTerms(prepared: Preparation, locale: string, rows: NewSearchRow[]): DocumentTerms {
  const body = joinTerms(prepared.chunks);
  const weights = [...(rows[0]?.lexical ?? [])];
  return {
    language: languageOf(locale),
    terms: weights.map(([term]) => term),
    tiers: weights.map(([, weight]) => weightTier(weight)),
    // only what a misspelt word may stand for
    words: prepared.words.filter((word) => word.length >= 4 && word.length <= 30 && /^\p{L}+$/u.test(word)),
    titleLength: prepared.titleTerms.length,
    bodyLength: body.length,
  };
}
