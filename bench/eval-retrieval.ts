import { z } from 'zod';
import { searchResponse } from '../protocol/knowledge.ts';
import { readOptions, refuse, requireFolder } from './options.ts';
import { createPlainBm25 } from './plain-bm25.ts';
import { createParleyClient, type ParleyClient } from './retrieval-client.ts';
import { type Loaded, loadSet, removeDocuments } from './retrieval-load.ts';
import { printRefit, type SharesTried, tryShares } from './retrieval-refit.ts';
import { printMisspelt, printSet } from './retrieval-report.ts';
import { type AskedQuestion, type EvaluatedSet, writeEvaluation } from './retrieval-run.ts';
import { startThrowAway, type ThrowAway } from './retrieval-server.ts';
import { type EvalSet, evalSets, misspell } from './retrieval-sets.ts';

/*
 * npm run eval:retrieval -- --data DIR [--set NAME …] [--typos] [--json FILE] [--url URL --api-key KEY] [--refit]
 * How often search finds the right document, asked as any program may ask: starts Parley on an empty database for each data set
 * (or uses the one at --url, and takes away again what it loaded), adds the documents, waits until they are indexed, and asks every
 * question by POST /search. Beside it plain BM25 over the same texts. --typos asks everything once more, misspelt. --refit finds
 * the share of meaning too, on what was loaded. --json keeps every question's results for eval:compare.
 */

const { values } = readOptions({
  options: {
    data: { type: 'string' },
    set: { type: 'string', multiple: true },
    typos: { type: 'boolean', default: false },
    json: { type: 'string' },
    url: { type: 'string' },
    'api-key': { type: 'string' },
    refit: { type: 'boolean', default: false },
  },
});
const folder = requireFolder(values.data);
if (values.url && !values['api-key']) refuse('--url wants an admin key of that Parley too: --api-key KEY');
if (values.url && values.refit) refuse('--refit works on a database of its own: leave --url out.');
const chosen = (values.set ?? Object.keys(evalSets)).map((name) => {
  const read = evalSets[name];
  if (!read) return refuse(`No such set: ${name}. There are ${Object.keys(evalSets).join(', ')}.`);
  return { name, read: () => read(folder) };
});
const resultsMax = 20;
const answer = searchResponse.extend({ confidence: z.number() });

/** Ctrl-C ends the asking; what was started or loaded is still taken away. */
const stopped = new AbortController();
process.once('SIGINT', () => stopped.abort(new Error('Stopped.')));

async function ask(client: ParleyClient, set: EvalSet, prefix: string, misspelt: boolean): Promise<AskedQuestion[]> {
  const plain = await createPlainBm25(set.documents);
  const asked: AskedQuestion[] = [];
  for (const { id, question, history, gold } of set.questions) {
    const query = misspelt ? misspell(question) : question;
    const { body, ms } = await client.call('POST', '/search', answer, {
      query,
      history: history.slice(-100),
      limit: resultsMax,
      audience: 'public',
    });
    const nameOf = (externalId: string | null, documentId: string) =>
      externalId?.startsWith(prefix) ? externalId.slice(prefix.length) : documentId;
    const ranked = [...new Set(body.results.map((result) => nameOf(result.externalId, result.documentId)))];
    const byWords = plain(query);
    asked.push({
      id,
      question,
      gold,
      ranked,
      score: body.results[0]?.score ?? 0,
      confidence: body.confidence,
      plain: { ranked: byWords.slice(0, resultsMax).map((one) => one.id), confidence: byWords[0]?.score ?? 0 },
      ms,
    });
  }
  return asked;
}

/** The sets of one name share their documents. What was loaded into somebody's Parley is taken away, whatever happens. */
async function evaluate(sets: EvalSet[], server: Pick<ThrowAway, 'url' | 'apiKey'>) {
  const [first] = sets;
  if (!first) throw new Error('No questions.');
  const client = createParleyClient(server.url, server.apiKey, stopped.signal);
  const documentIds: string[] = [];
  const evaluated: EvaluatedSet[] = [];
  try {
    console.log(`\n${first.name}: loading ${first.documents.length} documents`);
    const loaded = await loadSet(client, first, documentIds);
    for (const set of sets) evaluated.push(...(await evaluateOne(client, set, loaded)));
    return { evaluated, prefix: loaded.prefix };
  } finally {
    if (values.url) await removeDocuments(createParleyClient(server.url, server.apiKey), documentIds);
  }
}

async function evaluateOne(client: ParleyClient, set: EvalSet, loaded: Loaded): Promise<EvaluatedSet[]> {
  const of = (name: string, questions: AskedQuestion[]): EvaluatedSet => ({
    name,
    documents: set.documents.length,
    chunks: loaded.chunks,
    indexingSeconds: loaded.seconds,
    questions,
  });
  const clean = of(set.name, await ask(client, set, loaded.prefix, false));
  printSet(clean);
  if (!values.typos) return [clean];
  const misspelt = of(`${set.name}, misspelt`, await ask(client, set, loaded.prefix, true));
  printSet(misspelt);
  printMisspelt(clean, misspelt);
  return [clean, misspelt];
}

const done: EvaluatedSet[] = [];
const tried: { name: string; of: SharesTried }[] = [];

async function evaluateOnOwn(name: string, sets: EvalSet[]): Promise<void> {
  const own = await startThrowAway();
  try {
    const { evaluated, prefix } = await evaluate(sets, own);
    done.push(...evaluated);
    if (values.refit) tried.push({ name, of: await tryShares(await own.takeDatabase(), sets, prefix) });
  } finally {
    await own.remove();
  }
}

for (const { name, read } of chosen) {
  const sets = await read();
  if (values.url) done.push(...(await evaluate(sets, { url: values.url, apiKey: values['api-key'] ?? '' })).evaluated);
  else await evaluateOnOwn(name, sets);
  stopped.signal.throwIfAborted();
  const evaluation = { finishedAt: new Date().toISOString(), typos: values.typos, sets: done };
  if (values.json) await writeEvaluation(values.json, evaluation);
  printRefit(tried);
}
