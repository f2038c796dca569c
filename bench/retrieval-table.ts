import {
  type Drawn,
  difference,
  drawMeasures,
  eachMeasure,
  type Interval,
  intervalOf,
  type MeasureName,
  measureNames,
} from './retrieval-intervals.ts';
import type { Judged } from './retrieval-metrics.ts';

const titles: Record<MeasureName, string> = {
  hit1: 'hit@1',
  hit3: 'hit@3',
  hit10: 'hit@10',
  mrr10: 'MRR@10',
  r5: 'R@5',
  ndcg5: 'nDCG@5',
  auroc: 'AUROC',
};
const nameWidth = 14;
const cellWidth = 13;

/** Three digits without a leading zero, as people compare them. */
export const figure = (value: number | undefined): string =>
  value === undefined ? '' : value.toFixed(3).replace(/^(-?)0\./, '$1.');

export const signed = (value: number | undefined): string =>
  value === undefined ? '' : `${value > 0 ? '+' : ''}${figure(value)}`;

const range = (interval: Interval | undefined, show: (value: number) => string) =>
  interval ? `${show(interval[0])}…${show(interval[1])}` : '';

type Row = { name: string; drawn: Record<MeasureName, Drawn>; show: (value: number | undefined) => string };

/**
 * Lines of at most 110 characters: for each of the two the measures with their 95 % intervals below, and how much `one` is above
 * `other`, in pairs. Both were asked the same questions in the same order.
 */
export function comparisonTable(
  one: { name: string; judged: Judged[] },
  other: { name: string; judged: Judged[] },
): string[] {
  const [ofOne, ofOther] = [drawMeasures(one.judged), drawMeasures(other.judged)];
  const shown = measureNames.filter((name) => ofOne[name].value !== undefined);
  const differences = eachMeasure((name) => difference(ofOne[name], ofOther[name]));
  const rows: Row[] = [
    { name: one.name, drawn: ofOne, show: figure },
    { name: other.name, drawn: ofOther, show: figure },
    { name: 'difference', drawn: differences, show: signed },
  ];
  const line = (name: string, cells: string[]) =>
    `${name.padEnd(nameWidth)}${cells.map((cell) => cell.padStart(cellWidth)).join('')}`.trimEnd();
  return [
    line(
      '',
      shown.map((name) => titles[name]),
    ),
    ...rows.flatMap(({ name, drawn, show }) => [
      line(
        name,
        shown.map((measure) => show(drawn[measure].value)),
      ),
      line(
        '',
        shown.map((measure) => range(intervalOf(drawn[measure]), show)),
      ),
    ]),
  ];
}
