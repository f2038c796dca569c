import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { type HistoryEntry, searchResult } from '../protocol/knowledge.ts';
import { answer } from '../server/answering/answer.ts';
import { withoutCourtesies } from '../server/answering/courtesies.ts';
import { parseConfig } from '../server/config.ts';
import { migrate } from '../server/db/migrate.ts';
import { createPool } from '../server/db/pool.ts';
import { newId } from '../server/ids.ts';
import { createEncoder } from '../server/knowledge/create-encoder.ts';
import { type SearchInput, type SearchOutcome, search } from '../server/knowledge/search.ts';
import { createLlm } from '../server/llm/create-llm.ts';
import { createLog } from '../server/log.ts';
import { type AnswerGroup, type AnswerQuestion, answerSet, demoSet } from './answer-sets.ts';
import { loadDocuments, openEvalDatabase } from './eval-database.ts';
import { readOptions, refuse, requireFolder } from './options.ts';

/*
 * npm run eval:answers -- [--data DIR] [--set demo|wixqa|techqa] [--found FILE] [--show]
 * How good the quotes of the built-in answerer are, and how often it keeps silent: asks the demo shop's questions and, with
 * --data, WixQA's, TechQA's and foreign ones. --found keeps what was found in FILE, and takes it from there the next time, to
 * compare ways of quoting the same passages. --show prints what was not right.
 */

const { values } = readOptions({
  options: {
    data: { type: 'string' },
    set: { type: 'string', multiple: true },
    found: { type: 'string' },
    show: { type: 'boolean', default: false },
  },
});
const folder = values.data === undefined ? undefined : requireFolder(values.data);
const names = values.set ?? (folder ? ['demo', 'wixqa', 'techqa'] : ['demo']);
for (const name of names) {
  if (!['demo', 'wixqa', 'techqa'].includes(name)) refuse(`No such set: ${name}. There are demo, wixqa, techqa.`);
  if (name !== 'demo') requireFolder(folder);
}
/** No key, whatever the environment holds: the built-in answerer is what is measured. */
const config = parseConfig({ DATABASE_URL: process.env.DATABASE_URL });
const log = createLog('warn');

const outcome = z.object({
  query: z.string(),
  meant: z.string().optional(),
  results: z.array(searchResult),
  confidence: z.number(),
});
const kept = values.found
  ? z.record(z.string(), outcome).parse(JSON.parse(await readFile(values.found, 'utf8').catch(() => '{}')))
  : {};

const database = await openEvalDatabase(config.databaseUrl);
const db = createPool(database.url, database.max, (error) => log.error({ err: error }, 'database'));
const encoder = createEncoder(config);
const llm = createLlm(config, db, log);
const workspaces = new Map<string, string>();

type Sought = Pick<SearchInput, 'query' | 'history'>;

async function find(set: Awaited<ReturnType<typeof demoSet>>, { query, history }: Sought): Promise<SearchOutcome> {
  const key = `${set.name}: ${[...history.map(({ body }) => body), query].join(' / ')}`;
  const known = kept[key];
  if (known) return known;
  const workspaceId = workspaces.get(set.name) ?? (await loadDocuments({ config, db, encoder, log }, set));
  workspaces.set(set.name, workspaceId);
  const found = await search({ db, encoder }, { workspaceId, query, history, limit: 10, audiences: ['public'] });
  kept[key] = found;
  return found;
}

const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** F1 of the words of two texts, each as often as it stands there. */
function tokenF1(one: string, other: string): number {
  const left = new Map<string, number>();
  for (const word of words(one)) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of words(other)) {
    const count = left.get(word) ?? 0;
    if (count > 0) shared += 1;
    left.set(word, count - 1);
  }
  return (2 * shared) / Math.max(1, words(one).length + words(other).length);
}

type Judged = {
  asked: AnswerQuestion;
  quote: string | undefined;
  from: string | null;
  right: boolean;
  f1: number;
  ms: number;
};

async function judge(set: Awaited<ReturnType<typeof demoSet>>, asked: AnswerQuestion): Promise<Judged> {
  const history = asked.earlier.map((body): HistoryEntry => ({ role: 'customer', body }));
  const sought = { query: withoutCourtesies(asked.question), history };
  const found = await find(set, sought);
  const started = process.cpuUsage();
  const decision = await answer(
    { config, db, llm, encoder, clock: { now: () => new Date() }, log, find: async () => found },
    {
      workspaceId: newId(),
      question: asked.question,
      history,
      humanOffered: false,
      failedBefore: 0,
      signal: new AbortController().signal,
    },
  );
  const spent = process.cpuUsage(started);
  const ms = (spent.user + spent.system) / 1_000;
  const [citation] = decision.citations;
  const source = found.results.find(({ chunkId }) => chunkId === citation?.chunkId);
  if (citation && !source?.text.includes(citation.quote)) throw new Error(`Not word for word: ${citation.quote}`);
  const quote = decision.kind === 'answer' ? citation?.quote : undefined;
  const right = quote !== undefined && asked.anyOf.some((phrase) => quote.includes(phrase));
  const f1 = quote !== undefined && asked.answer ? tokenF1(quote, asked.answer) : 0;
  return { asked, quote, from: source?.externalId ?? null, right, f1, ms };
}

const share = (part: number, whole: number) => (whole > 0 ? (part / whole).toFixed(3).replace(/^0/, '') : '–');

function report(set: string, group: AnswerGroup, judged: Judged[]) {
  const quoted = judged.filter(({ quote }) => quote !== undefined);
  const labelled = judged.some(({ asked }) => asked.anyOf.length > 0);
  const compared = judged.filter(({ asked }) => asked.answer);
  const golden = quoted.filter(({ asked }) => asked.gold.length > 0);
  const f1 = compared.reduce((sum, one) => sum + one.f1, 0);
  const length = quoted.reduce((sum, { quote = '' }) => sum + (quote.match(/\S+/g)?.length ?? 0), 0);
  const times = judged.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const cells = [
    judged.length,
    share(quoted.length, judged.length),
    labelled ? share(judged.filter(({ right }) => right).length, judged.length) : '–',
    labelled ? share(quoted.filter(({ right }) => !right).length, judged.length) : '–',
    share(f1, compared.length),
    share(f1, compared.filter(({ quote }) => quote !== undefined).length),
    golden.length > 0
      ? share(golden.filter(({ asked, from }) => asked.gold.includes(from ?? '')).length, golden.length)
      : '–',
    (length / Math.max(1, quoted.length)).toFixed(0),
    (times[Math.floor(times.length / 2)] ?? 0).toFixed(1),
    (times[Math.floor(times.length * 0.95)] ?? 0).toFixed(1),
  ];
  console.log(`${`${set}, ${group.name}`.padEnd(28)}${cells.map((cell) => String(cell).padStart(9)).join('')}`);
  if (!values.show) return;
  for (const { asked, quote, right } of judged) {
    const isWrong = asked.anyOf.length > 0 ? !right : !asked.answer && quote !== undefined;
    if (isWrong) console.log(`  ${asked.question}\n    ${quote?.replaceAll('\n', '\n    ') ?? '(silent)'}`);
  }
}

try {
  await migrate(db);
  const head = ['asked', 'quoted', 'right', 'wrong', 'F1', 'F1 quoted', 'gold', 'words', 'CPU p50', 'p95 ms'];
  console.log(`${''.padEnd(28)}${head.map((name) => name.padStart(9)).join('')}`);
  for (const name of names) {
    const isPublic = name === 'wixqa' || name === 'techqa';
    const set = isPublic && folder ? await answerSet(name, folder) : await demoSet(folder);
    for (const group of set.groups) {
      const judged: Judged[] = [];
      for (const asked of group.questions) judged.push(await judge(set, asked));
      report(set.name, group, judged);
    }
  }
  if (values.found) await writeFile(values.found, JSON.stringify(kept));
} finally {
  await llm.close();
  await db.end();
  await encoder.close();
  await database.close();
}
