/** One question and what came of it: document ids, best first, those that answer it (none: nothing does), and how sure search was. */
export type Judged = { ranked: string[]; gold: string[]; confidence: number };

export const rankMeasures = ['hit1', 'hit3', 'hit10', 'mrr10', 'r5', 'ndcg5'] as const;
export type Metrics = Record<(typeof rankMeasures)[number], number>;

export const isAnswerable = ({ gold }: Pick<Judged, 'gold'>): boolean => gold.length > 0;

export const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** The place of the first document that answers, counted from 1; undefined where none came. */
export function rankOf({ ranked, gold }: Pick<Judged, 'ranked' | 'gold'>): number | undefined {
  const good = new Set(gold);
  const first = ranked.findIndex((id) => good.has(id));
  return first < 0 ? undefined : first + 1;
}

/** Of one answerable question. */
export function measureOne({ ranked, gold }: Pick<Judged, 'ranked' | 'gold'>): Metrics {
  const good = new Set(gold);
  const first = rankOf({ ranked, gold }) ?? Number.POSITIVE_INFINITY;
  const gain = (hits: boolean[]) => hits.reduce((sum, isHit, at) => sum + (isHit ? 1 / Math.log2(at + 2) : 0), 0);
  const top = ranked.slice(0, 5);
  return {
    hit1: first <= 1 ? 1 : 0,
    hit3: first <= 3 ? 1 : 0,
    hit10: first <= 10 ? 1 : 0,
    mrr10: first <= 10 ? 1 / first : 0,
    r5: top.filter((id) => good.has(id)).length / good.size,
    ndcg5: gain(top.map((id) => good.has(id))) / gain(Array.from({ length: Math.min(5, good.size) }, () => true)),
  };
}

/**
 * The chance that an answerable question scores higher than one that is not, a tie counting half; undefined where there is only
 * one kind.
 */
export function auroc(judged: Pick<Judged, 'gold' | 'confidence'>[]): number | undefined {
  const sorted = judged.toSorted((one, other) => one.confidence - other.confidence);
  const positives = judged.filter(isAnswerable).length;
  const negatives = judged.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  let wins = 0;
  let below = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (end < sorted.length && sorted[end]?.confidence === sorted[start]?.confidence) end += 1;
    const tied = sorted.slice(start, end);
    const better = tied.filter(isAnswerable).length;
    wins += better * (below + (tied.length - better) / 2);
    below += tied.length - better;
    start = end;
  }
  return wins / (positives * negatives);
}

/** Questions whose confidence lies in one tenth: what was predicted on average, and the share that has an answer. */
export type ReliabilityBin = { from: number; count: number; predicted: number; answerable: number };

/**
 * Predicted against true, by tenths; empty tenths are left out. `even`: both kinds of question weigh the same in sum, as in the
 * examples that the confidence is fitted to; else each question weighs one.
 */
export function reliability(judged: Pick<Judged, 'gold' | 'confidence'>[], even: boolean): ReliabilityBin[] {
  const positives = judged.filter(isAnswerable).length;
  const negatives = judged.length - positives;
  const weightOf = (one: Pick<Judged, 'gold'>) =>
    even ? judged.length / 2 / (isAnswerable(one) ? positives : negatives) : 1;
  return Array.from({ length: 10 }, (_, tenth) => {
    const inside = judged.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === tenth);
    const count = inside.reduce((sum, one) => sum + weightOf(one), 0);
    const share = (of: (one: (typeof inside)[number]) => number) =>
      inside.reduce((sum, one) => sum + weightOf(one) * of(one), 0) / Math.max(Number.MIN_VALUE, count);
    const answerable = share((one) => (isAnswerable(one) ? 1 : 0));
    return { from: tenth / 10, count, predicted: share(({ confidence }) => confidence), answerable };
  }).filter(({ count }) => count > 0);
}

/** Expected calibration error: how far the confidence is from the share that has an answer, over the tenths by their size. */
export function calibrationError(judged: Pick<Judged, 'gold' | 'confidence'>[], even: boolean): number | undefined {
  if (!judged.some(isAnswerable) || judged.every(isAnswerable)) return undefined;
  const bins = reliability(judged, even);
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce((sum, bin) => sum + (bin.count / total) * Math.abs(bin.predicted - bin.answerable), 0);
}
