import type { ScoredChunk } from './close-look-queries.ts';
import { bestWindow, look, pairScores, type Sighting, toSought } from './proximity.ts';
import type { Question } from './question.ts';
import type { ScoredDocument } from './search-queries.ts';

/** A document with its best chunks, by what the index says alone. */
export type Candidate = ScoredDocument & { chunks: ScoredChunk[] };

/** What the lexical score of a document is the sum of, before it is scaled. */
export type LexicalParts = { document: number; window: number; pairs: number };
export type RankedChunk = {
  chunkId: string;
  documentId: string;
  score: number;
  lexical: number;
  semantic: number;
  parts: LexicalParts;
};

/** Shares of the lexical score; every optimum is flat. */
const share = { document: 0.55, window: 0.3, pairs: 0.15 };
/** A further chunk of a document comes after the first ones of documents that are at least half as good. */
const furtherChunkShare = 0.5;
const furtherChunksMax = 2;
/** How many documents are looked at closely. */
const closeLookMax = 40;

/**
 * How much the encoder says of the whole, as stored with its space or as usual. The built-in one knows English and short questions;
 * a strong one deserves more and minds neither.
 */
export function semanticShare(
  space: { provider: string; semanticShare: number | null },
  termCount: number,
  language: string,
): number {
  if (space.provider !== 'builtin') return space.semanticShare ?? 0.5;
  return (language === 'en' ? (space.semanticShare ?? 0.4) : 0.1) * Math.min(1, 40 / Math.max(1, termCount));
}

/** value / max, or (value − from)/(max − from): 0..1 over the candidates. */
function scale(values: number[], from: number): (value: number) => number {
  const max = Math.max(...values);
  return max > from ? (value) => Math.max(0, (value - from) / (max - from)) : () => 0;
}

/**
 * The cosine that counts for nothing: two deviations below the mean of the candidates. Their lowest would do as well, but it hangs
 * on who happens to be the last of them.
 */
function floorOf(cosines: number[]): number {
  const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
  const variance = cosines.reduce((sum, cosine) => sum + (cosine - mean) ** 2, 0) / cosines.length;
  return Math.max(Math.min(...cosines), mean - 2 * Math.sqrt(variance));
}

/** The best documents by the two scores alone, as many as asked for. */
export function shortlist(documents: ScoredDocument[], semantic: number, limit = closeLookMax): ScoredDocument[] {
  const fused = fuse(
    documents,
    documents.map((one) => one.lexical),
    semantic,
  );
  return documents
    .map((document, index) => ({ document, score: fused[index]?.score ?? 0 }))
    .toSorted((one, other) => other.score - one.score || (one.document.documentId < other.document.documentId ? -1 : 1))
    .slice(0, limit)
    .map(({ document }) => document);
}

/** Both scores scaled, and what they make together. A document that has no vector yet is judged by its words alone. */
function fuse(documents: ScoredDocument[], lexical: number[], semanticShare: number) {
  const cosines = documents.flatMap((one) => one.semantic ?? []);
  const ofLexical = scale(lexical, 0);
  const ofSemantic = cosines.length > 0 ? scale(cosines, floorOf(cosines)) : () => 0;
  return documents.map(({ semantic }, index) => {
    const words = ofLexical(lexical[index] ?? 0);
    if (semantic === null) return { lexical: words, semantic: 0, score: words };
    const meaning = ofSemantic(semantic);
    return { lexical: words, semantic: meaning, score: (1 - semanticShare) * words + semanticShare * meaning };
  });
}

/** A chunk with what a close look finds in it. */
type SeenChunk = ScoredChunk & { sighting: Sighting; window: number };

/** The final order of chunks: of each document the best one, by the document's score, then further ones of the good documents. */
export function rank(
  candidates: Candidate[],
  question: Pick<Question, 'weights' | 'sequence'>,
  semantic: number,
): RankedChunk[] {
  const sought = toSought(question.weights, question.sequence);
  const seen = candidates.map(({ chunks }) =>
    chunks.map((chunk): SeenChunk => {
      const sighting = look(chunk.terms, sought);
      return { ...chunk, sighting, window: bestWindow(sighting, sought) };
    }),
  );
  const windows = seen.map((chunks) => Math.max(0, ...chunks.map(({ window }) => window)));
  const pairs = pairScores(
    seen.map((chunks) => chunks.map(({ sighting }) => sighting)),
    sought,
  );
  const ofDocument = scale(
    candidates.map((one) => one.lexical),
    0,
  );
  const [ofWindow, ofPairs] = [scale(windows, 0), scale(pairs, 0)];
  const parts = candidates.map((candidate, index) => ({
    document: share.document * ofDocument(candidate.lexical),
    window: share.window * ofWindow(windows[index] ?? 0),
    pairs: share.pairs * ofPairs(pairs[index] ?? 0),
  }));
  const lexical = parts.map((part) => part.document + part.window + part.pairs);
  const fused = fuse(candidates, lexical, semantic);
  const ofChunk = scale(
    seen.flatMap((chunks) => chunks.map((chunk) => chunk.lexical)),
    0,
  );
  const chunkScore = (chunk: SeenChunk) =>
    (1 - semantic) * (0.5 * ofChunk(chunk.lexical) + 0.5 * ofWindow(chunk.window)) +
    semantic * Math.max(0, chunk.semantic ?? 0);
  return seen
    .flatMap((chunks, index) => {
      const whole = fused[index] ?? { lexical: 0, semantic: 0, score: 0 };
      const made = parts[index] ?? { document: 0, window: 0, pairs: 0 };
      return bestChunks(chunks, chunkScore).map(({ chunkId, documentId, share: ofBest }) => ({
        chunkId,
        documentId,
        ...whole,
        parts: made,
        score: whole.score * ofBest,
      }));
    })
    .toSorted((one, other) => other.score - one.score || (one.chunkId < other.chunkId ? -1 : 1));
}

/** A document's best chunk, and further ones with the share of its score that they are worth. */
function bestChunks(chunks: SeenChunk[], score: (chunk: SeenChunk) => number) {
  const ordered = chunks
    .map((chunk) => ({ chunkId: chunk.chunkId, documentId: chunk.documentId, own: score(chunk) }))
    .toSorted((one, other) => other.own - one.own || (one.chunkId < other.chunkId ? -1 : 1))
    .slice(0, 1 + furtherChunksMax);
  const best = ordered[0]?.own || 1;
  return ordered.map(({ own, ...chunk }, place) => ({
    ...chunk,
    share: place === 0 ? 1 : (furtherChunkShare * own) / best / place,
  }));
}
