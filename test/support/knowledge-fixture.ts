import { type NewDocument, newDocument } from '../../protocol/knowledge.ts';
import { parseConfig } from '../../server/config.ts';
import { migrate } from '../../server/db/migrate.ts';
import { createPool } from '../../server/db/pool.ts';
import { newId } from '../../server/ids.ts';
import { createEncoder } from '../../server/knowledge/create-encoder.ts';
import { createDocument } from '../../server/knowledge/documents.ts';
import type { EncoderDeps } from '../../server/knowledge/encoders.ts';
import { search } from '../../server/knowledge/search.ts';
import { createLog } from '../../server/log.ts';
import type { JobPayload } from '../../server/queue/jobs.ts';
import type { Queues } from '../../server/queue/queues.ts';
import { deleteSpace } from '../../workers/delete-space.ts';
import { fillSpace } from '../../workers/fill-space.ts';
import { indexDocument } from '../../workers/index-document.ts';
import { startServices } from './services.ts';

/** The knowledge base on a database of its own, with the built-in encoder; jobs are kept until the test runs them. */
export async function startKnowledge() {
  const services = await startServices();
  let stopping = false;
  const db = createPool(services.databaseUrl, services.kind === 'embedded' ? 1 : 5, (error) => {
    // a session that the index builder has just closed may still be there when the database is dropped
    if (!stopping) throw error;
  });
  await migrate(db);
  const config = parseConfig({});
  const encoder = createEncoder(config);
  const jobs: JobPayload<'indexDocument'>[] = [];
  const spaceJobs: { name: 'fillSpace' | 'deleteSpace'; payload: JobPayload<'fillSpace'> }[] = [];
  const queues: Queues = {
    enqueue: (name, payload) => {
      if ('documentId' in payload) jobs.push(payload);
      else if ('spaceId' in payload && (name === 'fillSpace' || name === 'deleteSpace'))
        spaceJobs.push({ name, payload });
    },
    depths: async () => ({}),
    close: async () => undefined,
  };
  const deps = { config, db, encoder, queues, log: createLog('silent') };

  async function createWorkspace(): Promise<string> {
    const id = newId();
    await db.query('insert into workspaces (id, name) values ($1, $2)', [id, 'A company']);
    return id;
  }

  async function runJobs(): Promise<void> {
    for (let job = jobs.shift(); job; job = jobs.shift()) await indexDocument(deps, job);
  }

  async function runSpaceJobs(as: EncoderDeps): Promise<void> {
    for (let job = spaceJobs.shift(); job; job = spaceJobs.shift()) {
      if (job.name === 'fillSpace') await fillSpace({ ...deps, ...as }, job.payload);
      else await deleteSpace(deps, job.payload);
    }
  }

  const write = (workspaceId: string, document: Partial<NewDocument> & { title: string; body: string }) =>
    createDocument(deps, { workspaceId, document: newDocument.parse(document) });

  const find = (workspaceId: string, query: string, more: Partial<Parameters<typeof search>[1]> = {}) =>
    search(deps, { workspaceId, query, history: [], limit: 10, audiences: ['public'], ...more });

  async function stop(): Promise<void> {
    stopping = true;
    await encoder.close();
    await db.end();
    await services.stop();
  }

  return { deps, jobs, spaceJobs, createWorkspace, runJobs, runSpaceJobs, write, find, stop };
}
