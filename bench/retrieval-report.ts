import { quantile } from './process-usage.ts';
import { drawMeasure, intervalOf } from './retrieval-intervals.ts';
import { calibrationError, isAnswerable, type Judged, reliability } from './retrieval-metrics.ts';
import type { AskedQuestion, EvaluatedSet } from './retrieval-run.ts';
import { misspell } from './retrieval-sets.ts';
import { comparisonTable, figure } from './retrieval-table.ts';

const plainOf = ({ gold, plain }: AskedQuestion): Judged => ({ gold, ...plain });

/** One set: what it is, the measures beside plain BM25, and how far the confidence can be believed. */
export function printSet(set: EvaluatedSet): void {
  const { questions } = set;
  const times = questions.map(({ ms }) => ms);
  const at = (share: number) => `${quantile(times, share).toFixed(0)} ms`;
  const unanswerable = questions.filter((one) => !isAnswerable(one)).length;
  console.log(
    `\n${set.name}: ${questions.length} questions${unanswerable > 0 ? ` (${unanswerable} without an answer)` : ''}, ` +
      `${set.documents} documents, ${set.chunks} chunks, ${(set.chunks / set.indexingSeconds).toFixed(1)} chunks/s`,
  );
  console.log(`request p50 ${at(0.5)}, p95 ${at(0.95)}`);
  const table = comparisonTable(
    { name: 'Parley', judged: questions },
    { name: 'plain BM25', judged: questions.map(plainOf) },
  );
  for (const line of table) console.log(line);
  if (unanswerable > 0) printReliability(questions);
}

/** Fitted without labels, the confidence cannot know how many questions have no answer: so also with both kinds weighing the same. */
function printReliability(judged: Judged[]): void {
  const errorOf = (even: boolean) => {
    const drawn = drawMeasure(judged, (some) => calibrationError(some, even));
    return `${figure(drawn.value)} [${intervalOf(drawn)?.map(figure).join('…') ?? ''}]`;
  };
  console.log(`calibration error: ${errorOf(false)} as asked, ${errorOf(true)} with both kinds weighing the same`);
  const bins = reliability(judged, false);
  const evenly = new Map(reliability(judged, true).map((bin) => [bin.from, bin]));
  const line = (name: string, of: (bin: (typeof bins)[number]) => string) =>
    console.log(`${name.padEnd(22)}${bins.map((bin) => of(bin).padStart(7)).join('')}`);
  line('confidence from', ({ from }) => figure(from).replace(/^(\.\d)00$/, '$1'));
  line('questions', ({ count }) => String(count));
  line('predicted', ({ predicted }) => figure(predicted));
  line('have an answer', ({ answerable }) => figure(answerable));
  line('  same weight', ({ from }) => figure(evenly.get(from)?.answerable));
}

const lossMax = 0.02;

/** What misspelling costs, in pairs, and the questions it costs most with the words that were changed. */
export function printMisspelt(clean: EvaluatedSet, misspelt: EvaluatedSet): void {
  console.log(`\n${clean.name}: misspelt against clean (at most ${figure(lossMax)} of R@5 and hit@3 may be lost)`);
  const table = comparisonTable(
    { name: 'misspelt', judged: misspelt.questions },
    { name: 'clean', judged: clean.questions },
  );
  for (const line of table) console.log(line);
  for (const [at, asked] of misspelt.questions.entries()) {
    const before = clean.questions[at];
    if (!before || !isAnswerable(asked)) continue;
    const found = (one: AskedQuestion) => one.ranked.slice(0, 5).filter((id) => one.gold.includes(id)).length;
    if (found(asked) < found(before)) console.log(`  ${asked.id}: lost by ${changedWords(asked.question).join(', ')}`);
  }
}

/** `word→wrod` for each word that was misspelt. */
export function changedWords(question: string): string[] {
  const wrong = misspell(question).split(/[^A-Za-z]+/);
  return question.split(/[^A-Za-z]+/).flatMap((word, at) => (wrong[at] === word ? [] : `${word}→${wrong[at]}`));
}
