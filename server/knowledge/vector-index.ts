import type { Deps } from '../deps.ts';
import { hasSeveralSessions } from './sessions.ts';

/*
 * Each embedding space that has grown large gets an HNSW index of its own: none → building → valid, in the background, while its
 * searches look at every vector. From then on rows enter it as they are written, so a committed row is found at once. Postgres
 * itself holds the state: an index that is not valid was left by a build that was cut off, and is made anew.
 */

export const vectorIndexName = (spaceKey: number | '') => `search_vectors_of_${spaceKey}`;

/** As many as are searched exactly anyway. */
const rowsMin = 5_000;
/** pgvector's limit for halfvec. */
const dimensionsMax = 4_000;
/** Any constant of our own. */
const buildLock = 7_318_350;

type Slice = Pick<Deps, 'db' | 'log'>;

/** Builds what is missing for the workspace, one index at a time over all processes. Does nothing on the embedded Postgres. */
export async function buildVectorIndexes({ db, log }: Slice, workspaceId: string): Promise<void> {
  if (!hasSeveralSessions(db)) return;
  const due = await db.query<{ key: number; dimensions: number }>(
    `select s.key, s.dimensions from embedding_spaces s
     left join pg_index i on i.indexrelid = to_regclass($2 || s.key)
     where s.workspace_id = $1 and s.dimensions <= ${dimensionsMax} and i.indisvalid is not true
       and (select sum(rows) from search_facets f where f.workspace_id = $1) >= ${rowsMin}
       and (select count(*) from (select from search_rows r where r.space_key = s.key limit ${rowsMin}) counted) >= ${rowsMin}`,
    [workspaceId, vectorIndexName('')],
  );
  if (due.rows.length === 0) return;
  // not from the pool's own queries: a build is outside of any transaction, and its lock ends with its session
  const client = await db.connect();
  try {
    for (const { key, dimensions } of due.rows) {
      const lock = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) as locked', [
        buildLock,
        key,
      ]);
      if (!lock.rows[0]?.locked) continue;
      const name = vectorIndexName(key);
      // another process may have been faster
      const made = await client.query('select from pg_index where indexrelid = to_regclass($1) and indisvalid', [name]);
      if (made.rowCount === 1) continue;
      const began = Date.now();
      await client.query(`drop index concurrently if exists ${name}`);
      await client.query(
        `create index concurrently ${name} on search_rows using hnsw ((embedding::halfvec(${dimensions})) halfvec_ip_ops)
         with (m = 24, ef_construction = 100) where space_key = ${key}`,
      );
      await client.query('analyze search_rows');
      log.info({ workspaceId, space: key, tookMs: Date.now() - began }, 'vector index built');
    }
  } finally {
    // closed, not returned: the locks go with it
    client.release(true);
  }
}
