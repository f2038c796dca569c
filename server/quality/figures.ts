import { type EvalFigures, evalPlacesMax } from '../../protocol/evaluation.ts';

/** What a run found for one question; `rank` is that of the first right document, null where it is not among the first ten. */
export type CaseResult = { answerable: boolean; rank: number | null; confidence: number };

const meanOf = (values: number[]): number | null =>
  values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;

/** The figures over all results; `skipped` could not be counted. */
export function toFigures(results: CaseResult[], skipped: number): EvalFigures {
  const answerable = results.filter((one) => one.answerable);
  const unanswerable = results.filter((one) => !one.answerable);
  const within = (places: number) => meanOf(answerable.map(({ rank }) => (rank !== null && rank <= places ? 1 : 0)));
  return {
    answerable: answerable.length,
    unanswerable: unanswerable.length,
    skipped,
    hit1: within(1),
    hit3: within(3),
    mrr10: meanOf(answerable.map(({ rank }) => (rank !== null && rank <= evalPlacesMax ? 1 / rank : 0))),
    auroc: separation(
      answerable.map((one) => one.confidence),
      unanswerable.map((one) => one.confidence),
    ),
  };
}

/** Area under the ROC curve, by comparing every pair; a tie is half a win. */
function separation(positives: number[], negatives: number[]): number | null {
  const wins = positives.flatMap((positive) =>
    negatives.map((negative) => (positive > negative ? 1 : positive === negative ? 0.5 : 0)),
  );
  return meanOf(wins);
}
