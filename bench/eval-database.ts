import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Deps } from '../server/deps.ts';
import { startEmbedded } from '../server/embedded/start-embedded.ts';
import { newId } from '../server/ids.ts';
import { createDocuments } from '../server/knowledge/documents.ts';
import type { JobPayload } from '../server/queue/jobs.ts';
import type { Queues } from '../server/queue/queues.ts';
import { indexDocument } from '../workers/index-document.ts';
import type { EvalDocument } from './retrieval-sets.ts';

/** A database of its own on the server of `databaseUrl`; closing drops it. */
export async function createDatabase(databaseUrl: string) {
  const name = `parley_eval_${randomBytes(4).toString('hex')}`;
  const administer = async (sql: string) => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await administer(`create database ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return { url: url.href, max: 4, close: () => administer(`drop database ${name} with (force)`) };
}

/** A database to throw away: on the server of `databaseUrl`, else an embedded one. */
export async function openEvalDatabase(databaseUrl: string | undefined) {
  if (databaseUrl) return createDatabase(databaseUrl);
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-eval-'));
  const embedded = await startEmbedded({ dataDir });
  const close = () => embedded.stop().then(() => rm(dataDir, { recursive: true, force: true }));
  return { url: embedded.databaseUrl, max: 1, close };
}

/** Writes the documents into a workspace of their own and indexes them; returns the workspace's id. */
export async function loadDocuments(
  deps: Pick<Deps, 'config' | 'db' | 'encoder' | 'log'>,
  set: { name: string; documents: EvalDocument[] },
): Promise<string> {
  const workspaceId = newId();
  await deps.db.query('insert into workspaces (id, name) values ($1, $2)', [workspaceId, set.name]);
  const jobs: JobPayload<'indexDocument'>[] = [];
  const queues: Queues = {
    enqueue: (_name, payload) => {
      if ('documentId' in payload) jobs.push(payload);
    },
    depths: async () => ({}),
    close: async () => undefined,
  };
  for (let start = 0; start < set.documents.length; start += 100) {
    const documents = set.documents.slice(start, start + 100).map(({ id, title, body }) => ({
      externalId: id,
      title: title.slice(0, 500),
      body,
      format: 'markdown' as const,
      kind: 'article' as const,
      locale: 'en',
      audience: 'public' as const,
      status: 'published' as const,
    }));
    await createDocuments({ db: deps.db, queues }, { workspaceId, documents });
  }
  const started = Date.now();
  for (const job of jobs) await indexDocument(deps, job);
  const { rows } = await deps.db.query<{ chunks: number; failed: number }>(
    `select sum(chunk_count)::int as chunks, count(*) filter (where index_state <> 'done')::int as failed
     from documents where workspace_id = $1`,
    [workspaceId],
  );
  const seconds = (Date.now() - started) / 1000;
  console.log(
    `\n${set.name}: ${set.documents.length} documents, ${rows[0]?.chunks} chunks, ${rows[0]?.failed} not indexed, ${seconds.toFixed(1)} s`,
  );
  return workspaceId;
}
