import type { PoolClient } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { hasSeveralSessions } from './sessions.ts';

/*
 * Each embedding space that has grown large gets an HNSW index of its own: none → building → valid, in the background, while its
 * searches look at every vector. Postgres itself holds the state: an index that is not valid was left by a build that was cut off,
 * and is made anew. From its first moment on, what is written stays outside of it (`indexed` is false), so that writing costs
 * nothing, and is scored one by one until it is let in, a few hundred at a time.
 */

export const vectorIndexName = (spaceKey: number | '') => `search_vectors_of_${spaceKey}`;

/** As few as are scored faster than an index is followed. */
const vectorsMin = 5_000;
/** pgvector's limit for halfvec. */
const dimensionsMax = 4_000;
/** Vectors let in at once: about half a second, for which whoever deletes one of them waits. */
const letInAtOnce = 200;
/** Any constant of our own. */
export const buildLock = 7_318_350;

type Slice = Pick<Deps, 'db' | 'log'>;
type LargeSpace = { key: number; dimensions: number; isValid: boolean };

/**
 * Builds what is missing for the workspace and lets into the indexes what has been written since, one space at a time over all
 * processes. A space that is being filled waits until it is named as full. False while another process is building. Does nothing on the embedded Postgres, which inserts 45 rows a second into such an index.
 */
export async function keepVectorIndexes(
  { db, log }: Slice,
  workspaceId: string,
  full?: { key: number },
): Promise<boolean> {
  if (!hasSeveralSessions(db)) return true;
  const { rows: large } = await db.query<LargeSpace>(
    `select s.key, s.dimensions, coalesce(i.indisvalid, false) as "isValid" from embedding_spaces s
     left join pg_index i on i.indexrelid = to_regclass($2 || s.key)
     where s.workspace_id = $1 and s.dimensions <= ${dimensionsMax} and s.deleted_at is null and (s.state <> 'filling' or s.key = $3)
       and (i.indisvalid or ${vectorsMin} <= (select count(*) from (select from search_vectors v where v.space_key = s.key limit ${vectorsMin}) counted))`,
    [workspaceId, vectorIndexName(''), full?.key ?? null],
  );
  let isReady = true;
  for (const space of large) {
    if (!space.isValid && !(await build({ db, log }, workspaceId, space))) isReady = false;
    while ((await letIn(db, space.key)) === letInAtOnce);
  }
  return isReady;
}

/** Postgres says so too when the processes that build an index together may not share enough memory, as in a container. */
const noSpaceLeft = '53100';

async function create(client: PoolClient, { key, dimensions }: Pick<LargeSpace, 'key' | 'dimensions'>): Promise<void> {
  const name = vectorIndexName(key);
  await client.query(`drop index concurrently if exists ${name}`);
  await client.query(
    `create index concurrently ${name} on search_vectors using hnsw ((embedding::halfvec(${dimensions})) halfvec_ip_ops)
     with (m = 24, ef_construction = 200) where space_key = ${key} and indexed`,
  );
}

async function build({ db, log }: Slice, workspaceId: string, { key, dimensions }: LargeSpace): Promise<boolean> {
  // not from the pool's own queries: a build is outside of any transaction, and its lock ends with its session
  const client = await db.connect();
  try {
    const lock = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) as locked', [
      buildLock,
      key,
    ]);
    if (!lock.rows[0]?.locked) return false;
    const name = vectorIndexName(key);
    // another process may have been faster
    const made = await client.query('select from pg_index where indexrelid = to_regclass($1) and indisvalid', [name]);
    if (made.rowCount === 1) return true;
    const space = await client.query('select from embedding_spaces where key = $1 and deleted_at is null', [key]);
    if (space.rowCount === 0) return true;
    const began = Date.now();
    await client.query(`set maintenance_work_mem = '1GB'`);
    try {
      await create(client, { key, dimensions });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === noSpaceLeft)) throw error;
      log.warn({ err: error, workspaceId, space: key }, 'vector index is built by one process alone');
      await client.query('set max_parallel_maintenance_workers = 0');
      await create(client, { key, dimensions });
    }
    await client.query('analyze search_vectors');
    log.info({ workspaceId, space: key, tookMs: Date.now() - began }, 'vector index built');
    return true;
  } finally {
    // closed, not returned: the lock goes with it
    client.release(true);
  }
}

/** After the space was marked as deleted: no index of it is built any more, and one that is being built is waited for. */
export async function dropVectorIndex(db: Slice['db'], key: number): Promise<void> {
  if (!hasSeveralSessions(db)) return;
  const client = await db.connect();
  try {
    await client.query('select pg_advisory_lock($1, $2)', [buildLock, key]);
    await client.query(`drop index concurrently if exists ${vectorIndexName(key)}`);
  } finally {
    client.release(true);
  }
}

/** Returns how many. Those that somebody is just deleting, or another process letting in, are left. */
const letIn = (db: Slice['db'], spaceKey: number): Promise<number> =>
  transaction(db, async (tx) => {
    const { rowCount } = await tx.query(
      `update search_vectors v set indexed = true
       from (select document_id, chunk_id, scope from search_vectors where space_key = $1 and not indexed
             limit ${letInAtOnce} for update skip locked) w
       where v.document_id = w.document_id and v.chunk_id = w.chunk_id and v.scope = w.scope and v.space_key = $1`,
      [spaceKey],
    );
    return rowCount ?? 0;
  });
