import { z } from 'zod';

/*
 * How likely it is that the knowledge base holds the answer: a logistic regression on three features that do not depend on the
 * size of the scores. Its weights are fitted to the documents themselves, without labels: see calibrate.ts. A fourth feature, how
 * much of the question is spoken of at all, cannot be fitted so: a title says more of its article than customers do.
 */

/** (L1 − L2)/L1, the best cosine, and (L1 − mean)/sd over the lexical top hundred. */
export type Features = [lead: number, cosine: number, outlier: number];

export const calibrationSchema = z.object({
  /** Of each feature, over the questions it was fitted to. */
  mean: z.tuple([z.number(), z.number(), z.number()]),
  deviation: z.tuple([z.number(), z.number(), z.number()]),
  weights: z.tuple([z.number(), z.number(), z.number()]),
  bias: z.number(),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/** Before a workspace has enough documents to be fitted to. */
export const usualCalibration: Calibration = {
  mean: [0.2, 0.55, 2.8],
  deviation: [0.18, 0.12, 1.2],
  weights: [0.3, 0.8, 0.7],
  bias: 0,
};

const topMax = 100;

/** Among fewer scores than this, none can stand out: of n values the first is at most √(n−1) deviations above the mean. */
const outlierAmongMin = 10;

/**
 * `lexical`: the documents' scores in any order; `cosines`: the best of each document; `documents`: how many there are. A small
 * knowledge base, or a question that few documents speak of, says nothing by its outlier, so it counts neither for nor against.
 */
export function features(lexical: number[], cosines: number[], documents = Number.POSITIVE_INFINITY): Features {
  const top = lexical
    .filter((score) => score > 0)
    .toSorted((one, other) => other - one)
    .slice(0, topMax);
  const [first = 0, second = 0] = top;
  const mean = top.reduce((sum, score) => sum + score, 0) / Math.max(1, top.length);
  const deviation = Math.sqrt(top.reduce((sum, score) => sum + (score - mean) ** 2, 0) / Math.max(1, top.length));
  return [
    first > 0 ? (first - second) / first : 0,
    Math.max(0, ...cosines),
    outlierOf(first, mean, deviation, Math.min(documents, top.length)),
  ];
}

function outlierOf(first: number, mean: number, deviation: number, among: number): number {
  if (among < outlierAmongMin && first > 0) return usualCalibration.mean[2];
  return deviation > 0 ? Math.min(12, (first - mean) / deviation) : 0;
}

const standardised = (of: Features, { mean, deviation }: Pick<Calibration, 'mean' | 'deviation'>): Features => [
  (of[0] - mean[0]) / deviation[0],
  (of[1] - mean[1]) / deviation[1],
  (of[2] - mean[2]) / deviation[2],
];

const dot = (one: Features, other: Features) => one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
const logistic = (value: number) => 1 / (1 + Math.exp(-value));

/** Of all sets that were looked at, questions with an answer have .35 ± .18, and those without .13 ± .11. */
const usuallySpoken = 0.25;
/** 2 to 6 are flat: more tells short questions apart better, and long ones worse. */
const spokenWeight = 3;

/**
 * `lexical`: the documents' scores; `most`: what one would score that speaks of every word of the question, the unknown ones too.
 * From 0 to 1.
 */
export const spokenOf = (lexical: number[], most: number): number =>
  most > 0 ? Math.min(1, Math.max(0, ...lexical) / most) : 0;

/** `spoken`: see spokenOf; left out, it counts neither for nor against. */
export const confidence = (of: Features, calibration: Calibration, spoken = usuallySpoken): number =>
  logistic(
    calibration.bias +
      dot(standardised(of, calibration), calibration.weights) +
      spokenWeight * (spoken - usuallySpoken),
  );

export type Example = { features: Features; answerable: boolean };

const steps = 400;
const rate = 0.5;
/**
 * Holds the weights near the usual ones: the examples may separate perfectly, which real questions never do, or not at all, as
 * where articles resemble each other.
 */
const ridge = 0.1;
/** Less is the rounding of a mean: the feature is the same in all examples, as an outlier is that counts neither for nor against. */
const spreadMin = 1e-9;

/** Fits by gradient descent: three weights and a few hundred examples need nothing finer. */
export function fitCalibration(examples: Example[]): Calibration {
  const count = examples.length;
  const of = (index: 0 | 1 | 2) => examples.map((example) => example.features[index]);
  const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const spread = (values: number[]) => {
    const mean = average(values);
    const deviation = Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
    return deviation > spreadMin ? deviation : 1;
  };
  const mean: Features = [average(of(0)), average(of(1)), average(of(2))];
  const deviation: Features = [spread(of(0)), spread(of(1)), spread(of(2))];
  const inputs = examples.map((example) => standardised(example.features, { mean, deviation }));
  const usual = usualCalibration.weights;
  let weights: Features = [...usual];
  let bias = 0;
  for (let step = 0; step < steps; step += 1) {
    const gradient: Features = [
      ridge * (weights[0] - usual[0]),
      ridge * (weights[1] - usual[1]),
      ridge * (weights[2] - usual[2]),
    ];
    let biasGradient = 0;
    for (const [index, input] of inputs.entries()) {
      const error = (logistic(bias + dot(input, weights)) - (examples[index]?.answerable ? 1 : 0)) / count;
      gradient[0] += error * input[0];
      gradient[1] += error * input[1];
      gradient[2] += error * input[2];
      biasGradient += error;
    }
    weights = [weights[0] - rate * gradient[0], weights[1] - rate * gradient[1], weights[2] - rate * gradient[2]];
    bias -= rate * biasGradient;
  }
  return { mean, deviation, weights, bias };
}
