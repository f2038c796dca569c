import type { Pool } from '../db/pool.ts';
import { facetsOf, type Ground } from './ground-queries.ts';
import type { Question } from './question.ts';
import { type Candidate, type DocumentScores, shortlist, toCandidates } from './rank.ts';
import {
  type ByMeaning,
  type ByWords,
  findByMeaning,
  findByWords,
  type Scoring,
  type SearchFilter,
  scoreDocuments,
  scoreMeaning,
  scoreWords,
  toScoring,
} from './search-queries.ts';
import { chooseKeys } from './term-keys.ts';

/** Up to this many documents behind the filter, scoring the words of all is as fast as looking for candidates, and exact. */
export const exactDocumentsMax = 1_000;
/** The same of vectors. */
export const exactVectorsMax = 2_000;
/**
 * A narrow filter makes the vector index go far for the few rows that pass: at a tenth of 100,000 rows it costs as much as scoring
 * the tenth, which is exact.
 */
const narrowShare = 0.15;
const narrowVectorsMax = 15_000;
/** Documents that may be looked at for their words. */
const budget = 800;
/** As many of the best by either score are scored with all their rows. */
const documentsScored = 48;

/** What a search knows when it begins to look. `vector`: null where the encoder is away. */
export type Sought = {
  filter: SearchFilter;
  question: Question;
  vector: ArrayLike<number> | null;
  semanticShare: number;
  exact?: boolean | undefined;
};

export type Found = {
  candidates: Candidate[];
  /** The lexical scores of the best documents, for the confidence. */
  lexical: number[];
};

/** The documents that may answer, scored by words and meaning: the best of all that the filter leaves where these are few, else of the likely ones. */
export async function findCandidates(db: Pool, ground: Ground, sought: Sought): Promise<Found> {
  const { filter, question, vector, exact } = sought;
  const facets = facetsOf(ground, filter.audiences, filter.locale);
  if (facets.length === 0) return { candidates: [], lexical: [] };
  const scoring = toScoring(
    filter.workspaceId,
    facets.map((facet) => facet.key),
    question.weights,
    vector && ground.space ? { vector, spaceKey: ground.space.key, hasIndex: ground.space.hasIndex } : null,
  );
  const [byWords, byMeaning] = await Promise.all([
    lookByWords(db, ground, scoring, sought, facets),
    lookByMeaning(db, ground, scoring, exact, facets),
  ]);
  const likely = shortlist(merge(byWords, byMeaning), sought.semanticShare, documentsScored);
  if (likely.length === 0) return { candidates: [], lexical: [] };
  const rows = await scoreDocuments(
    db,
    scoring,
    likely.map((one) => one.documentId),
  );
  return { candidates: toCandidates(rows), lexical: byWords.map((one) => one.lexical) };
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

function lookByWords(
  db: Pool,
  ground: Ground,
  scoring: Scoring,
  { question, exact }: Sought,
  facets: Ground['facets'],
): Promise<ByWords[]> | ByWords[] {
  if (question.weights.size === 0) return [];
  const documents = sum(facets.map((facet) => facet.documents));
  if (exact || documents <= exactDocumentsMax) return scoreWords(db, scoring);
  const share = documents / Math.max(1, sum(ground.facets.map((facet) => facet.documents)));
  return findByWords(db, scoring, chooseKeys(question.weights, question.counts, facets, share, budget));
}

function lookByMeaning(
  db: Pool,
  ground: Ground,
  scoring: Scoring,
  exact: boolean | undefined,
  facets: Ground['facets'],
): Promise<ByMeaning[]> | ByMeaning[] {
  const { meaning } = scoring;
  if (!meaning) return [];
  const rows = sum(facets.map((facet) => facet.vectors));
  const all = sum(ground.facets.map((facet) => facet.vectors));
  const isNarrow = rows <= narrowVectorsMax && rows <= all * narrowShare;
  if (exact || !meaning.hasIndex || isNarrow || rows <= exactVectorsMax) return scoreMeaning(db, scoring, meaning);
  return findByMeaning(db, scoring, meaning);
}

/** Documents by what the two lists say of them. */
function merge(byWords: ByWords[], byMeaning: ByMeaning[]): DocumentScores[] {
  const documents = new Map<string, DocumentScores>();
  for (const { documentId, lexical } of byWords) documents.set(documentId, { documentId, lexical, semantic: null });
  for (const { documentId, semantic } of byMeaning) {
    const known = documents.get(documentId) ?? { documentId, lexical: null, semantic: null };
    documents.set(documentId, { ...known, semantic: Math.max(known.semantic ?? -1, semantic) });
  }
  return [...documents.values()];
}
