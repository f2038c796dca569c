export type Metrics = { hit1: number; hit3: number; hit10: number; mrr10: number; r5: number; ndcg5: number };
type Judged = { ranked: string[]; gold: string[] };

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

function ofOne({ ranked, gold }: Judged): Metrics {
  const good = new Set(gold);
  const first = ranked.findIndex((id) => good.has(id));
  const hit = (k: number) => (first >= 0 && first < k ? 1 : 0);
  const gain = (hits: boolean[]) => hits.reduce((sum, isHit, at) => sum + (isHit ? 1 / Math.log2(at + 2) : 0), 0);
  const top = ranked.slice(0, 5);
  return {
    hit1: hit(1),
    hit3: hit(3),
    hit10: hit(10),
    mrr10: hit(10) ? 1 / (first + 1) : 0,
    r5: top.filter((id) => good.has(id)).length / good.size,
    ndcg5: gain(top.map((id) => good.has(id))) / gain(Array.from({ length: Math.min(5, good.size) }, () => true)),
  };
}

/** Averages over the questions that have an answer. */
export function measure(judged: Judged[]): Metrics {
  const each = judged.filter(({ gold }) => gold.length > 0).map(ofOne);
  const of = (key: keyof Metrics) => mean(each.map((one) => one[key]));
  return {
    hit1: of('hit1'),
    hit3: of('hit3'),
    hit10: of('hit10'),
    mrr10: of('mrr10'),
    r5: of('r5'),
    ndcg5: of('ndcg5'),
  };
}

/** The chance that an answerable question scores higher than one that is not; undefined where there is only one kind. */
export function auroc(scores: { score: number; positive: boolean }[]): number | undefined {
  const positives = scores.filter(({ positive }) => positive);
  const negatives = scores.filter(({ positive }) => !positive);
  if (positives.length === 0 || negatives.length === 0) return undefined;
  const wins = positives.map(({ score }) =>
    mean(negatives.map((other) => (score > other.score ? 1 : score === other.score ? 0.5 : 0))),
  );
  return mean(wins);
}

/** The middle 95 % of a measure over a thousand drawings of the questions with replacement, always the same drawings. */
export function interval<Item>(items: Item[], of: (drawn: Item[]) => number | undefined): [number, number] | undefined {
  let seed = 11;
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x80000000;
  };
  const values: number[] = [];
  for (let round = 0; round < 1_000; round += 1) {
    const drawn = items.flatMap(() => items[Math.floor(random() * items.length)] ?? []);
    const value = of(drawn);
    if (value !== undefined) values.push(value);
  }
  values.sort((one, other) => one - other);
  const [low, high] = [values[Math.floor(values.length * 0.025)], values[Math.floor(values.length * 0.975)]];
  return low === undefined || high === undefined ? undefined : [low, high];
}
