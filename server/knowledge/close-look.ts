import type { SearchResult } from '../../protocol/knowledge.ts';
import type { Db } from '../db/pool.ts';
import { findBestChunks, findShown } from './close-look-queries.ts';
import type { Sought } from './find-candidates.ts';
import type { Ground } from './ground-queries.ts';
import { type Candidate, type RankedChunk, rank } from './rank.ts';
import type { ScoredDocument } from './search-queries.ts';

/** The documents with their best chunks; without those that have none any more. */
export async function withChunks(
  db: Db,
  ground: Ground,
  { filter, question, vector }: Sought,
  documents: ScoredDocument[],
): Promise<Candidate[]> {
  const found = await findBestChunks(
    db,
    filter.workspaceId,
    documents.map(({ documentId }) => documentId),
    {
      weights: question.weights,
      lexicalMax: Math.max(0, ...documents.map(({ lexical }) => lexical)),
      meaning: vector && ground.space ? { vector, spaceKey: ground.space.key } : null,
    },
  );
  return documents
    .map((document) => ({ ...document, chunks: found.get(document.documentId) ?? [] }))
    .filter(({ chunks }) => chunks.length > 0);
}

/** Between a look and the texts of what it found, documents may be replaced or withdrawn, which is rare. */
const looksMax = 3;

/**
 * Ranks the documents by a close look at their best chunks, and gives the best results with their texts, each live, published and for
 * these audiences at this moment: what took the place of a document that was replaced since it was found stands here, and what was
 * withdrawn is missing.
 */
export async function lookClosely(
  db: Db,
  ground: Ground,
  sought: Sought,
  documents: ScoredDocument[],
  { semanticShare, limit }: { semanticShare: number; limit: number },
): Promise<{ ranked: RankedChunk[]; results: SearchResult[] }> {
  let left = documents;
  for (let look = 1; ; look += 1) {
    const candidates = await withChunks(db, ground, sought, left);
    const ranked = rank(candidates, sought.question, semanticShare);
    const best = ranked.slice(0, limit);
    const { chunks, withdrawn } = await findShown(db, sought.filter, best);
    const results = best.flatMap(({ chunkId, score, lexical, semantic }) => {
      const shown = chunks.get(chunkId);
      return shown ? [{ ...shown, score, lexical, semantic }] : [];
    });
    if (results.length === best.length || look === looksMax) return { ranked, results };
    left = left.filter(({ documentId }) => !withdrawn.has(documentId));
  }
}
