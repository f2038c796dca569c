import type { EmbeddingSpaceKey } from './encoder.ts';
import { bestWindow, pairScores } from './proximity.ts';
import type { Question } from './question.ts';
import type { ChunkTerms, ScoredRow } from './search-queries.ts';

/** A document with its chunks, by what the index says alone. */
export type Candidate = {
  documentId: string;
  lexical: number;
  /** The best cosine of any of its vectors. */
  semantic: number | null;
  chunks: { chunkId: string; lexical: number; semantic: number | null }[];
};

export type RankedChunk = { documentId: string; chunkId: string; score: number; lexical: number; semantic: number };

/** Shares of the lexical score; every optimum is flat. */
const share = { document: 0.55, window: 0.3, pairs: 0.15 };
/** A further chunk of a document comes after the first ones of documents that are at least half as good. */
const furtherChunkShare = 0.5;
const furtherChunksMax = 2;
/** How many documents are looked at closely. */
const closeLookMax = 40;

/**
 * How much the encoder says of the whole. The built-in one knows English and short questions; a strong one deserves more and
 * minds neither.
 */
export function semanticShare(space: EmbeddingSpaceKey, termCount: number, language: string): number {
  if (space.provider !== 'builtin') return 0.5;
  return (language === 'en' ? 0.4 : 0.1) * Math.min(1, 40 / Math.max(1, termCount));
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
      candidate.chunks.push({ chunkId: row.chunkId, lexical: row.lexical, semantic: row.semantic });
    }
  }
  return [...byDocument.values()].filter((candidate) => candidate.chunks.length > 0);
}

/** value / max, or (value − min)/(max − min): 0..1 over the candidates. */
function scale(values: number[], from: number): (value: number) => number {
  const max = Math.max(...values);
  return max > from ? (value) => Math.max(0, (value - from) / (max - from)) : () => 0;
}

/** The documents worth a close look, by the two scores alone. */
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

function fuse(candidates: Candidate[], lexical: number[], semanticShare: number) {
  const cosines = candidates.flatMap((one) => one.semantic ?? []);
  const ofLexical = scale(lexical, 0);
  const ofSemantic = cosines.length > 0 ? scale(cosines, Math.min(...cosines)) : () => 0;
  return candidates.map((candidate, index) => {
    const words = ofLexical(lexical[index] ?? 0);
    const meaning = candidate.semantic === null ? 0 : ofSemantic(candidate.semantic);
    return { lexical: words, semantic: meaning, score: (1 - semanticShare) * words + semanticShare * meaning };
  });
}

/** The final order of chunks: of each document the best one, by the document's score, then further ones of the good documents. */
export function rank(
  candidates: Candidate[],
  terms: Map<string, ChunkTerms>,
  question: Question,
  semantic: number,
): RankedChunk[] {
  const termsOf = (candidate: Candidate) => candidate.chunks.flatMap((chunk) => terms.get(chunk.chunkId) ?? []);
  const windows = new Map([...terms].map(([chunkId, own]) => [chunkId, bestWindow(own, question.weights)]));
  const windowOf = (candidate: Candidate) =>
    Math.max(0, ...candidate.chunks.map((chunk) => windows.get(chunk.chunkId) ?? 0));
  const pairs = pairScores(question.sequence, candidates.map(termsOf));
  const [byDocument, byWindow, byPairs] = [
    scale(
      candidates.map((one) => one.lexical),
      0,
    ),
    scale(candidates.map(windowOf), 0),
    scale(pairs, 0),
  ];
  const lexical = candidates.map(
    (candidate, index) =>
      share.document * byDocument(candidate.lexical) +
      share.window * byWindow(windowOf(candidate)) +
      share.pairs * byPairs(pairs[index] ?? 0),
  );
  const fused = fuse(candidates, lexical, semantic);
  const chunkLexical = scale(
    candidates.flatMap((one) => one.chunks.map((chunk) => chunk.lexical)),
    0,
  );
  const chunkScore = (chunk: Candidate['chunks'][number]) =>
    (1 - semantic) * (0.5 * chunkLexical(chunk.lexical) + 0.5 * byWindow(windows.get(chunk.chunkId) ?? 0)) +
    semantic * Math.max(0, chunk.semantic ?? 0);
  return candidates
    .flatMap((candidate, index) => {
      const whole = fused[index] ?? { lexical: 0, semantic: 0, score: 0 };
      const chunks = candidate.chunks
        .map((chunk) => ({ chunkId: chunk.chunkId, own: chunkScore(chunk) }))
        .toSorted((one, other) => other.own - one.own || (one.chunkId < other.chunkId ? -1 : 1))
        .slice(0, 1 + furtherChunksMax);
      const best = chunks[0]?.own || 1;
      return chunks.map(({ chunkId, own }, place) => ({
        documentId: candidate.documentId,
        chunkId,
        ...whole,
        score: place === 0 ? whole.score : (whole.score * furtherChunkShare * own) / best / place,
      }));
    })
    .toSorted((one, other) => other.score - one.score || (one.chunkId < other.chunkId ? -1 : 1));
}
