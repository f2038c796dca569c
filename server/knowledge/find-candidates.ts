import type { Db } from '../db/pool.ts';
import { facetsOf, findGround, type Ground } from './ground-queries.ts';
import { findPostings } from './posting-queries.ts';
import { addUp, bestNumbers, choosePostings, exactDocumentsMax } from './postings.ts';
import type { Question } from './question.ts';
import { findScored, type Scored, type SearchFilter, type Way } from './search-queries.ts';

/**
 * Or, where that is more than exactDocumentsMax, this many divided by the share of all documents that the filter leaves: where it
 * leaves a tenth, nine of ten documents that the lists lead to are in vain, so up to 5,000 behind it are all scored.
 */
const exactDocumentsMore = 500;
/** Up to this many vectors behind the filter all are scored. */
export const exactVectorsMax = 2_000;
/**
 * A narrow filter makes the vector index go far for the few rows that pass: at a tenth of 100,000 rows it costs as much as scoring
 * the tenth, which is exact.
 */
const narrowShare = 0.15;
const narrowVectorsMax = 15_000;
/** How many numbers the lists of a question may hold together. */
const postingsMax = 150_000;
/** How many documents that come out best there are scored exactly, divided by the share that the filter leaves. */
const documentsFromLists = 160;
const documentsFromListsMax = 3_000;
/** Between two looks a document may come to an audience and locale that had none, which is rare. */
const looksMax = 3;
/** The true ten best are among the best twenty by either score: a few more go on. */
const likely = { documentsByWords: 32, vectorsByMeaning: 40 };

/** What a search knows when it begins to look. `vector`: null where the encoder is away. */
export type Sought = {
  filter: SearchFilter;
  question: Question;
  vector: ArrayLike<number> | null;
  exact?: boolean | undefined;
};

/**
 * The documents that may answer, scored by words and meaning: the best of all that the filter leaves where these are few, else of
 * the likely ones.
 */
export async function findCandidates(db: Db, ground: Ground, sought: Sought): Promise<Scored> {
  const { workspaceId } = sought.filter;
  let seen = ground;
  for (let look = 1; ; look += 1) {
    const scored = await lookForCandidates(db, seen, sought);
    if (!scored.isOutdated || look === looksMax) return scored;
    seen = { ...ground, facets: (await findGround(db, workspaceId)).facets };
  }
}

async function lookForCandidates(db: Db, ground: Ground, sought: Sought): Promise<Scored> {
  const { filter, question } = sought;
  const facets = facetsOf(ground, filter.audiences, filter.locale);
  if (facets.length === 0) return { documents: [], lexical: [], isOutdated: false };
  const words = await wayOfWords(db, ground, sought, facets);
  const meaning = wayOfMeaning(ground, sought, facets);
  const keys = { facets: facets.map(({ key }) => key), known: ground.facets.map(({ key }) => key) };
  return findScored(db, filter.workspaceId, keys, question.weights, { words, meaning, ...likely });
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

async function wayOfWords(
  db: Db,
  ground: Ground,
  { filter: { workspaceId }, question, exact }: Sought,
  facets: Ground['facets'],
): Promise<Way['words']> {
  const documents = sum(facets.map((facet) => facet.documents));
  const share = documents / Math.max(1, sum(ground.facets.map((facet) => facet.documents)));
  const exactMax = Math.max(exactDocumentsMax, exactDocumentsMore / share);
  if (exact || ground.listedTo === null || documents <= exactMax) return { kind: 'all' };
  const lists = choosePostings(question.weights, question.counts, postingsMax);
  const blocks = await findPostings(db, workspaceId, lists);
  const wanted = Math.min(documentsFromListsMax, Math.ceil(documentsFromLists / share));
  return { kind: 'found', numbers: bestNumbers(addUp(lists, blocks), wanted), listedTo: ground.listedTo };
}

function wayOfMeaning(
  { space, ...ground }: Ground,
  { vector, exact }: Sought,
  facets: Ground['facets'],
): Way['meaning'] {
  if (!space || !vector) return { kind: 'none' };
  const vectors = sum(facets.map((facet) => facet.vectors));
  const all = sum(ground.facets.map((facet) => facet.vectors));
  const isNarrow = vectors <= narrowVectorsMax && vectors <= all * narrowShare;
  const kind = exact || !space.hasIndex || isNarrow || vectors <= exactVectorsMax ? 'all' : 'index';
  return { kind, spaceKey: space.key, vector };
}
