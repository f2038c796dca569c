import { readOptions, refuse } from './options.ts';
import { type Change, changedMost, pairSets } from './retrieval-compare.ts';
import { type EvaluatedSet, readEvaluation } from './retrieval-run.ts';
import { comparisonTable } from './retrieval-table.ts';

/*
 * npm run eval:compare -- BEFORE.json AFTER.json
 * Two runs of eval:retrieval --json, set by set: each measure with its 95 % interval, the difference in pairs, and the questions
 * whose right document moved most.
 */

const {
  positionals: [beforePath, afterPath],
} = readOptions({ allowPositionals: true });
if (!beforePath || !afterPath) refuse('It wants two files: npm run eval:compare -- BEFORE.json AFTER.json');
const changesMax = 10;
const questionMax = 80;

const [before, after] = await Promise.all([readEvaluation(beforePath), readEvaluation(afterPath)]);
const place = (rank: number | undefined) => (rank === undefined ? '–' : String(rank));

function printChange({ id, question, before: from, after: to }: Change): void {
  const start = question.replace(/\s+/g, ' ').trim().slice(0, questionMax);
  console.log(`  ${place(from).padStart(3)} → ${place(to).padEnd(3)} ${start}\n            ${id}`);
}

function compare(one: EvaluatedSet, other: EvaluatedSet): void {
  const pair = pairSets(one, other);
  const unpaired = pair.unpaired > 0 ? `, ${pair.unpaired} asked in one of them only` : '';
  console.log(`\n${pair.name}: ${pair.before.length} questions${unpaired}`);
  if (pair.before.length === 0) return;
  for (const line of comparisonTable({ name: 'after', judged: pair.after }, { name: 'before', judged: pair.before }))
    console.log(line);
  const changes = changedMost(pair, changesMax);
  if (changes.length === 0) console.log('  every right document kept its place');
  for (const change of changes) printChange(change);
}

for (const one of before.sets) {
  const other = after.sets.find(({ name }) => name === one.name);
  if (other) compare(one, other);
  else console.log(`\n${one.name}: in ${beforePath} only`);
}
for (const { name } of after.sets)
  if (!before.sets.some((one) => one.name === name)) console.log(`\n${name}: in ${afterPath} only`);
