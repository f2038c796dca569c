/*
 * BM25F (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009) over a title and a body:
 *   tf'   = w_title·tf_title/(1 − b_title + b_title·len/avg) + tf_body/(1 − b_body + b_body·len/avg)
 *   score = Σ questionWeight · idf · (k1 + 1)·tf'/(k1 + tf')
 * The last factor does not depend on the question: it stands in the index. All optima are flat (see docs/search.md).
 */
const titleWeight = 5;
const titleLengthShare = 0.5;
const bodyLengthShare = 0.75;
const k1 = 3;
const k3 = 8;

type Numbers = Iterable<number> & ArrayLike<number>;
export type AverageLengths = { title: number; body: number };

export function countTerms(terms: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** Four digits, so that a weight is the same number here, in the index and in the database's own words. */
const toStored = (weight: number) => Math.round(weight * 10_000) / 10_000;

/** The part of the score that a text adds for each of its terms, before the question's weight and the rarity of the term. */
export function termWeights(title: Numbers, body: Numbers, average: AverageLengths): Map<number, number> {
  const titleNorm = 1 - titleLengthShare + (titleLengthShare * title.length) / Math.max(1, average.title);
  const bodyNorm = 1 - bodyLengthShare + (bodyLengthShare * body.length) / Math.max(1, average.body);
  const weights = new Map<number, number>();
  const weigh = (term: number, frequency: number) =>
    weights.set(term, toStored(((k1 + 1) * frequency) / (k1 + frequency)));
  const inBody = countTerms(body);
  for (const [term, count] of countTerms(title)) {
    weigh(term, (titleWeight * count) / titleNorm + (inBody.get(term) ?? 0) / bodyNorm);
    inBody.delete(term);
  }
  for (const [term, count] of inBody) weigh(term, count / bodyNorm);
  return weights;
}

export const inverseDocumentFrequency = (documents: number, containing: number) =>
  Math.log(1 + (Math.max(documents, containing) - containing + 0.5) / (containing + 0.5));

/** A word asked twice counts a little more than once. */
export const questionWeight = (count: number) => ((k3 + 1) * count) / (k3 + count);

/** What a text would score that is about nothing else: no frequency makes a term weigh more. */
export const scoreMax = (questionWeights: Iterable<number>): number => {
  let sum = 0;
  for (const weight of questionWeights) sum += weight;
  return (k1 + 1) * sum;
};
