import { bestWindow, look, pairScores, type Sighting, toSought } from './proximity.ts';
import type { Question } from './question.ts';
import type { ChunkTerms, ScoredRow } from './search-queries.ts';

/** A document by its words and by the best cosine of any of its vectors; null where nothing is known of it. */
export type DocumentScores = { documentId: string; lexical: number | null; semantic: number | null };
type CandidateChunk = { chunkId: string; lexical: number; semantic: number | null; terms: ChunkTerms | null };
/** A document with its best chunks, by what the index says alone. */
export type Candidate = DocumentScores & { lexical: number; chunks: CandidateChunk[] };

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

/** The best documents by the two scores alone, as many as asked for. What is not known counts as the least that is. */
export function shortlist<Document extends DocumentScores>(
  documents: Document[],
  semantic: number,
  limit = closeLookMax,
): Document[] {
  const known = documents.flatMap((one) => one.lexical ?? []);
  const least = known.length > 0 ? Math.min(...known) : 0;
  const fused = fuse(
    documents,
    documents.map((one) => one.lexical ?? least),
    semantic,
  );
  return documents
    .map((document, index) => ({ document, score: fused[index]?.score ?? 0 }))
    .toSorted((one, other) => other.score - one.score || (one.document.documentId < other.document.documentId ? -1 : 1))
    .slice(0, limit)
    .map(({ document }) => document);
}

function fuse(documents: DocumentScores[], lexical: number[], semanticShare: number) {
  const cosines = documents.flatMap((one) => one.semantic ?? []);
  const ofLexical = scale(lexical, 0);
  const ofSemantic = cosines.length > 0 ? scale(cosines, floorOf(cosines)) : () => 0;
  return documents.map((document, index) => {
    const words = ofLexical(lexical[index] ?? 0);
    const meaning = document.semantic === null ? 0 : ofSemantic(document.semantic);
    return { lexical: words, semantic: meaning, score: (1 - semanticShare) * words + semanticShare * meaning };
  });
}

/** The final order of chunks: of each document the best one, by the document's score, then further ones of the good documents. */
export function rank(
  candidates: Candidate[],
  question: Pick<Question, 'weights' | 'sequence'>,
  semantic: number,
): RankedChunk[] {
  const sought = toSought(question.weights, question.sequence);
  const sightings = new Map<string, Sighting>();
  for (const { chunkId, terms } of candidates.flatMap((one) => one.chunks)) {
    if (terms) sightings.set(chunkId, look(terms, sought));
  }
  const windows = new Map([...sightings].map(([chunkId, sighting]) => [chunkId, bestWindow(sighting, sought)]));
  const windowOf = (candidate: Candidate) =>
    Math.max(0, ...candidate.chunks.map((chunk) => windows.get(chunk.chunkId) ?? 0));
  const pairs = pairScores(
    candidates.map((candidate) => candidate.chunks.flatMap((chunk) => sightings.get(chunk.chunkId) ?? [])),
    sought,
  );
  const [byDocument, byWindow, byPairs] = [
    scale(
      candidates.map((one) => one.lexical),
      0,
    ),
    scale(candidates.map(windowOf), 0),
    scale(pairs, 0),
  ];
  const parts = candidates.map((candidate, index) => ({
    document: share.document * byDocument(candidate.lexical),
    window: share.window * byWindow(windowOf(candidate)),
    pairs: share.pairs * byPairs(pairs[index] ?? 0),
  }));
  const lexical = parts.map(({ document, window, pairs: neighbours }) => document + window + neighbours);
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
      const made = parts[index] ?? { document: 0, window: 0, pairs: 0 };
      const chunks = candidate.chunks
        .map((chunk) => ({ chunkId: chunk.chunkId, own: chunkScore(chunk) }))
        .toSorted((one, other) => other.own - one.own || (one.chunkId < other.chunkId ? -1 : 1))
        .slice(0, 1 + furtherChunksMax);
      const best = chunks[0]?.own || 1;
      return chunks.map(({ chunkId, own }, place) => ({
        documentId: candidate.documentId,
        chunkId,
        ...whole,
        parts: made,
        score: place === 0 ? whole.score : (whole.score * furtherChunkShare * own) / best / place,
      }));
    })
    .toSorted((one, other) => other.score - one.score || (one.chunkId < other.chunkId ? -1 : 1));
}
