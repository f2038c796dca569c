import type { Pool } from '../db/pool.ts';
import { facetsOf, type Ground } from './ground-queries.ts';
import type { Question } from './question.ts';
import { type Candidate, shortlist, toCandidates } from './rank.ts';
import {
  findByMeaning,
  findByWords,
  type ScoredRow,
  type Scoring,
  type SearchFilter,
  scoreDocuments,
  scoreRows,
} from './search-queries.ts';
import { chooseKeys } from './term-keys.ts';

/** Up to this many rows behind the filter, scoring all of them (2 µs each) is faster than looking for candidates, and exact. */
export const exactRowsMax = 5_000;
/**
 * A narrow filter makes the vector index go far for the few rows that pass: at a tenth of 100,000 rows it costs as much as scoring
 * the tenth, which is exact.
 */
const narrowShare = 0.15;
const narrowRowsMax = 12_500;
/** Rows that may be looked at for their words. */
const budget = 1_000;
/** Of the candidates by either score, as many documents are scored with all their rows. */
const documentsScored = 60;

/** What a search knows when it begins to look. `vector`: null where the encoder is away. */
export type Sought = {
  filter: SearchFilter;
  question: Question;
  vector: number[] | null;
  semanticShare: number;
  exact?: boolean | undefined;
};

export type Found = {
  candidates: Candidate[];
  /** The lexical scores of the best documents, for the confidence. */
  lexical: number[];
};

/** The documents that may answer, scored by words and meaning: all that the filter leaves where these are few, else the likely ones. */
export async function findCandidates(db: Pool, ground: Ground, sought: Sought): Promise<Found> {
  const { filter, question, vector } = sought;
  const facets = facetsOf(ground, filter.audiences, filter.locale);
  const scoring: Scoring = {
    workspaceId: filter.workspaceId,
    facets: facets.map((facet) => facet.key),
    weights: question.weights,
    vector,
    spaceKey: ground.space?.key ?? null,
  };
  const rowCount = facets.reduce((sum, facet) => sum + facet.rows, 0);
  if (facets.length === 0) return { candidates: [], lexical: [] };
  const allRows = ground.facets.reduce((sum, facet) => sum + facet.rows, 0);
  const isNarrow = rowCount <= narrowRowsMax && rowCount <= allRows * narrowShare;
  if (sought.exact || isNarrow || rowCount <= exactRowsMax) {
    const candidates = toCandidates(await scoreRows(db, scoring));
    return { candidates, lexical: candidates.map((candidate) => candidate.lexical) };
  }
  const keys = chooseKeys(question.weights, question.counts, facets, rowCount / allRows, budget);
  const [byWords, byMeaning] = await Promise.all([
    keys.length > 0 ? findByWords(db, scoring, keys) : [],
    vector ? nearest(db, ground, { ...scoring, vector }) : [],
  ]);
  const likely = shortlist(merge(byWords, byMeaning), sought.semanticShare, documentsScored);
  const rows = await scoreDocuments(
    db,
    scoring,
    likely.map((candidate) => candidate.documentId),
  );
  return { candidates: toCandidates(rows), lexical: byWords.map((row) => row.lexical) };
}

const nearest = (db: Pool, ground: Ground, scoring: Scoring & { vector: number[] }) =>
  ground.space ? findByMeaning(db, { ...scoring, spaceKey: ground.space.key }) : [];

/**
 * Documents by what the two lists say of them. One that only a passage of it brought is by its words at most as good as the last
 * of the list of words.
 */
function merge(byWords: ScoredRow[], byMeaning: ScoredRow[]): Candidate[] {
  const least = byWords.at(-1)?.lexical ?? 0;
  const documents = new Map<string, Candidate>();
  for (const { documentId, scope, lexical, semantic } of [...byWords, ...byMeaning]) {
    const known = documents.get(documentId) ?? { documentId, lexical: 0, semantic: null, chunks: [] };
    documents.set(documentId, known);
    known.lexical = Math.max(known.lexical, scope > 0 ? lexical : Math.min(lexical, least));
    if (semantic !== null) known.semantic = Math.max(known.semantic ?? -1, semantic);
  }
  return [...documents.values()];
}
