import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { parseConfig } from '../server/config.ts';
import { migrate } from '../server/db/migrate.ts';
import { createPool } from '../server/db/pool.ts';
import { createEncoder } from '../server/knowledge/create-encoder.ts';
import { search } from '../server/knowledge/search.ts';
import { createLog } from '../server/log.ts';
import { loadDocuments, openEvalDatabase } from './eval-database.ts';
import { createPlainBm25 } from './plain-bm25.ts';
import { auroc, interval, type Metrics, measure } from './retrieval-metrics.ts';
import { type EvalSet, evalSets, misspell } from './retrieval-sets.ts';

/*
 * npm run eval:retrieval -- --data DIR [--set NAME] [--json FILE] [--typos]
 * Loads data sets into a throw-away database (DATABASE_URL's server, else an embedded one), asks their questions and prints how
 * often the right document comes, beside plain BM25 over the same texts.
 */

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    set: { type: 'string', multiple: true },
    json: { type: 'string' },
    typos: { type: 'boolean', default: false },
  },
});
if (!values.data) throw new Error('Say where the data is: --data DIR');
const folder = values.data;
const names = values.set ?? Object.keys(evalSets);
const config = parseConfig(process.env);
const log = createLog('warn');

const database = await openEvalDatabase(config.databaseUrl);
const db = createPool(database.url, database.max, (error) => log.error({ err: error }, 'database'));
const encoder = createEncoder(config);

const baselineName = 'plain BM25';
const figure = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(3).replace(/^0/, ''));

function line(name: string, metrics: Metrics, answerable: number | undefined, note = '') {
  const { hit1, hit3, hit10, mrr10, r5, ndcg5 } = metrics;
  const figures = [hit1, hit3, hit10, mrr10, r5, ndcg5, answerable].map((value) => figure(value).padStart(7)).join('');
  console.log(`${name.padEnd(24)}${figures}  ${note}`);
}

async function evaluate(set: EvalSet, workspaceId: string) {
  const baseline = await createPlainBm25(set.documents);
  const judged: {
    ranked: string[];
    plain: string[];
    gold: string[];
    confidence: number;
    plainScore: number;
    ms: number;
  }[] = [];
  for (const { question, history, gold } of set.questions) {
    const query = values.typos ? misspell(question) : question;
    const started = performance.now();
    const found = await search({ db, encoder }, { workspaceId, query, history, limit: 20, audiences: ['public'] });
    const ms = performance.now() - started;
    const ranked = [...new Set(found.results.map((result) => result.externalId ?? ''))];
    const plain = baseline(query);
    const plainIds = plain.slice(0, 20).map(({ id }) => id);
    judged.push({ ranked, plain: plainIds, gold, confidence: found.confidence, plainScore: plain[0]?.score ?? 0, ms });
  }
  const ours = measure(judged);
  const plain = measure(judged.map(({ plain: ranked, gold }) => ({ ranked, gold })));
  const answerable = (one: (typeof judged)[number]) => one.gold.length > 0;
  const oursAuroc = auroc(judged.map((one) => ({ score: one.confidence, positive: answerable(one) })));
  const plainAuroc = auroc(judged.map((one) => ({ score: one.plainScore, positive: answerable(one) })));
  const times = judged.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const at = (share: number) => times[Math.floor(times.length * share)]?.toFixed(0);
  console.log(
    `${''.padEnd(24)}${['hit@1', 'hit@3', 'hit@10', 'MRR@10', 'R@5', 'nDCG@5', 'AUROC'].map((name) => name.padStart(7)).join('')}`,
  );
  line(baselineName, plain, plainAuroc);
  line('Parley', ours, oursAuroc, `${judged.length} questions, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
  const keys = ['hit1', 'hit3', 'r5'] as const;
  const intervals = Object.fromEntries(
    keys.map((key) => [key, interval(judged, (drawn) => measure(drawn)[key]) ?? null]),
  );
  const shown = keys.map((key) => `${key} ${intervals[key]?.map(figure).join('–') ?? '–'}`).join(', ');
  console.log(`95 % of drawings: ${shown}`);
  return {
    set: set.name,
    questions: judged.length,
    parley: { ...ours, auroc: oursAuroc },
    [baselineName]: { ...plain, auroc: plainAuroc },
    intervals,
  };
}

try {
  await migrate(db);
  const reports: unknown[] = [];
  for (const name of names) {
    const read = evalSets[name];
    if (!read) throw new Error(`No such set: ${name}. There are ${Object.keys(evalSets).join(', ')}.`);
    const sets = await read(folder);
    const [first] = sets;
    if (!first) continue;
    // the sets of one name share their documents
    const workspaceId = await loadDocuments({ config, db, encoder, log }, first);
    for (const set of sets) {
      if (sets.length > 1) console.log(set.name);
      reports.push(await evaluate(set, workspaceId));
    }
  }
  if (values.json)
    await writeFile(
      values.json,
      `${JSON.stringify({ encoder: encoder.space, typos: values.typos, reports }, null, 2)}\n`,
    );
} finally {
  await db.end();
  await encoder.close();
  await database.close();
}
