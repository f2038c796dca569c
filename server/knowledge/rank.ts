import { bestWindow, look, pairScores, type Sighting, toSought } from './proximity.ts';
import type { Question } from './question.ts';
import type { ChunkTerms, ScoredRow } from './search-queries.ts';

type CandidateChunk = { chunkId: string; lexical: number; semantic: number | null; terms: ChunkTerms | null };
/** A document with its best chunks, by what the index says alone. */
export type Candidate = {
  documentId: string;
  lexical: number;
  /** The best cosine of any of its vectors; null where it has none yet. */
  semantic: number | null;
  chunks: CandidateChunk[];
};

/** What the lexical score of a document is the sum of, before it is scaled. */
export type LexicalParts = { document: number; window: number; pairs: number };
export type RankedChunk = {
  documentId: string;
  chunkId: string;
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

export function toCandidates(rows: ScoredRow[]): Candidate[] {
  const byDocument = new Map<string, Candidate>();
  for (const row of rows) {
    const candidate = byDocument.get(row.documentId) ?? {
      documentId: row.documentId,
      lexical: 0,
      semantic: null,
      chunks: [],
    };
    byDocument.set(row.documentId, candidate);
    if (row.scope > 0) candidate.lexical = row.lexical;
    if (row.semantic !== null) candidate.semantic = Math.max(candidate.semantic ?? -1, row.semantic);
    if (row.scope !== 1) {
      const { chunkId, lexical, semantic, terms } = row;
      candidate.chunks.push({ chunkId, lexical, semantic, terms });
    }
  }
  return [...byDocument.values()].filter((candidate) => candidate.chunks.length > 0);
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
export function shortlist(candidates: Candidate[], semantic: number, limit = closeLookMax): Candidate[] {
  const fused = fuse(
    candidates,
    candidates.map((one) => one.lexical),
    semantic,
  );
  return candidates
    .map((candidate, index) => ({ candidate, score: fused[index]?.score ?? 0 }))
    .toSorted(
      (one, other) => other.score - one.score || (one.candidate.documentId < other.candidate.documentId ? -1 : 1),
    )
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** Both scores scaled, and what they make together. A document that has no vector yet is judged by its words alone. */
function fuse(candidates: Candidate[], lexical: number[], semanticShare: number) {
  const cosines = candidates.flatMap((one) => one.semantic ?? []);
  const ofLexical = scale(lexical, 0);
  const ofSemantic = cosines.length > 0 ? scale(cosines, floorOf(cosines)) : () => 0;
  return candidates.map((candidate, index) => {
    const words = ofLexical(lexical[index] ?? 0);
    if (candidate.semantic === null) return { lexical: words, semantic: 0, score: words };
    const meaning = ofSemantic(candidate.semantic);
    return { lexical: words, semantic: meaning, score: (1 - semanticShare) * words + semanticShare * meaning };
  });
}

/** What a close look finds: the best window of each chunk, and the pairs of each candidate. */
function lookClosely(candidates: Candidate[], { weights, sequence }: Pick<Question, 'weights' | 'sequence'>) {
  const sought = toSought(weights, sequence);
  const sightings = new Map<string, Sighting>();
  for (const { chunkId, terms } of candidates.flatMap((one) => one.chunks)) {
    if (terms) sightings.set(chunkId, look(terms, sought));
  }
  const windows = new Map([...sightings].map(([chunkId, sighting]) => [chunkId, bestWindow(sighting, sought)]));
  const windowOf = ({ chunkId }: CandidateChunk) => windows.get(chunkId) ?? 0;
  const pairs = pairScores(
    candidates.map(({ chunks }) => chunks.flatMap(({ chunkId }) => sightings.get(chunkId) ?? [])),
    sought,
  );
  return { windowOf, pairs };
}

/** The final order of chunks: of each document the best one, by the document's score, then further ones of the good documents. */
export function rank(
  candidates: Candidate[],
  question: Pick<Question, 'weights' | 'sequence'>,
  semantic: number,
): RankedChunk[] {
  const { windowOf, pairs } = lookClosely(candidates, question);
  const bestWindows = candidates.map(({ chunks }) => Math.max(0, ...chunks.map(windowOf)));
  const documents = candidates.map((one) => one.lexical);
  const [byDocument, byWindow, byPairs] = [scale(documents, 0), scale(bestWindows, 0), scale(pairs, 0)];
  const parts = candidates.map((candidate, index) => ({
    document: share.document * byDocument(candidate.lexical),
    window: share.window * byWindow(bestWindows[index] ?? 0),
    pairs: share.pairs * byPairs(pairs[index] ?? 0),
  }));
  const lexical = parts.map((part) => part.document + part.window + part.pairs);
  const fused = fuse(candidates, lexical, semantic);
  const chunkLexicals = candidates.flatMap(({ chunks }) => chunks.map((chunk) => chunk.lexical));
  const byChunk = scale(chunkLexicals, 0);
  const chunkScore = (chunk: CandidateChunk) =>
    (1 - semantic) * (0.5 * byChunk(chunk.lexical) + 0.5 * byWindow(windowOf(chunk))) +
    semantic * Math.max(0, chunk.semantic ?? 0);
  return candidates
    .flatMap((candidate, index) => {
      const whole = fused[index] ?? { lexical: 0, semantic: 0, score: 0 };
      const made = parts[index] ?? { document: 0, window: 0, pairs: 0 };
      return bestChunks(candidate, chunkScore).map(({ chunkId, share: ofBest }) => ({
        documentId: candidate.documentId,
        chunkId,
        ...whole,
        parts: made,
        score: whole.score * ofBest,
      }));
    })
    .toSorted((one, other) => other.score - one.score || (one.chunkId < other.chunkId ? -1 : 1));
}

/** A document's best chunk, and further ones with the share of its score that they are worth. */
function bestChunks({ chunks }: Candidate, score: (chunk: CandidateChunk) => number) {
  const ordered = chunks
    .map((chunk) => ({ chunkId: chunk.chunkId, own: score(chunk) }))
    .toSorted((one, other) => other.own - one.own || (one.chunkId < other.chunkId ? -1 : 1))
    .slice(0, 1 + furtherChunksMax);
  const best = ordered[0]?.own || 1;
  return ordered.map(({ chunkId, own }, place) => ({
    chunkId,
    share: place === 0 ? 1 : (furtherChunkShare * own) / best / place,
  }));
}
