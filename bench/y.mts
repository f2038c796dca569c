import { createPool } from '../server/db/pool.ts';
import { readCorpus } from './search-corpus.ts';
import { search } from '../server/knowledge/search.ts';
const url = new URL(process.env.DATABASE_URL!); url.pathname='/'+process.argv[2];
const pool = createPool(url.href, 1, console.error);
const c = await readCorpus('/work/shared/data');
const ws = (await pool.query("select id from workspaces where name='large'")).rows[0].id;
const times: Record<string, number[]> = {};
const db: any = new Proxy(pool, { get(p, k) { if (k==='query') return async (q: any, v: any) => { const t=performance.now(); const r = await pool.query(q, v); (times[q.name ?? String(q).slice(0,40)] ??= []).push(performance.now()-t); return r; }; return Reflect.get(p,k); } });
const run = async (n: number) => { for (let i=0;i<n;i++) await search({db, encoder: c.encoder}, {workspaceId: ws, query: c.questions[(i*7)%c.questions.length]!, history: [], limit: 10, audiences: ['public']}); };
await run(20); for (const k in times) delete times[k];
const pid = (await pool.query('select pg_backend_pid() p')).rows[0].p;
const u0 = process.cpuUsage(); const t0 = performance.now();
await run(100);
const u = process.cpuUsage(u0);
console.log('node cpu', (u.user+u.system)/1000/100, 'wall', (performance.now()-t0)/100);
for (const [k,v] of Object.entries(times)) { v.sort((a,b)=>a-b); console.log(k, v.length, 'mean', (v.reduce((a,b)=>a+b,0)/v.length).toFixed(2), 'p10', v[Math.floor(v.length*.1)]!.toFixed(2), 'p50', v[v.length>>1]!.toFixed(2), 'p90', v[Math.floor(v.length*.9)]!.toFixed(2)); }
await pool.end();
