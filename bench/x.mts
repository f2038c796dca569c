import { createPool } from '../server/db/pool.ts';
import { readCorpus } from './search-corpus.ts';
import { findGround, facetsOf } from '../server/knowledge/ground-queries.ts';
import { readQuestion } from '../server/knowledge/question.ts';
import { chooseKeys } from '../server/knowledge/term-keys.ts';
import { findByWords, findByMeaning, scoreDocuments } from '../server/knowledge/search-queries.ts';
const url = new URL(process.env.DATABASE_URL!); url.pathname='/'+process.argv[2];
const pool = createPool(url.href, 4, console.error);
const c = await readCorpus('/work/shared/data');
const ws = (await pool.query("select id from workspaces where name='large'")).rows[0].id;
const client = await pool.connect();
const explain = process.argv[3]==='explain';
const db: any = { query: async (q: any) => { const t=performance.now(); if (explain && /find_by|score_doc/.test(q.name)) { const r = await client.query('explain (analyze, buffers) '+q.text, q.values); console.log(r.rows.map((x:any)=>x['QUERY PLAN'].slice(0,200)).join('\n')); } const r= await client.query(q); console.log(q.name, r.rows.length, (performance.now()-t).toFixed(1)); return r; } };
for (const q of c.questions.slice(50, explain?51:60)) {
  const g = await findGround(db, ws, c.encoder.space);
  const question = (await readQuestion(db, {workspaceId: ws, query: q, history: []}, g.corpus))!;
  const [vector] = await c.encoder.embed([q]);
  const facets = facetsOf(g, ['public'], undefined);
  const keys = chooseKeys(question.weights, question.counts, facets, 1, 1000);
  const scoring: any = { workspaceId: ws, facets: facets.map(f=>f.key), weights: question.weights, vector, spaceKey: g.space!.key };
  console.log(q.slice(0,80), 'keys', keys.length, 'terms', question.weights.size, g.facets, g.space?.hasIndex);
  const a = await findByWords(db, scoring, keys);
  await findByMeaning(db, scoring);
  await scoreDocuments(db, scoring, a.slice(0,60).map(x=>x.documentId));
}
client.release(); await pool.end();
