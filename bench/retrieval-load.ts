import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { pageOf } from '../protocol/common.ts';
import { document, type IndexState, type NewDocument } from '../protocol/knowledge.ts';
import type { ParleyClient } from './retrieval-client.ts';
import type { EvalDocument } from './retrieval-sets.ts';

const batchMax = 100;
const batchCharactersMax = 1_000_000;
const titleMax = 500;
const lookEveryMs = 1_000;
/** On a server that others use too, the line of work may never be empty. */
const settleWithinMs = 120_000;

export type Loaded = {
  /** Ours begin with it, so that they never replace somebody's own. */
  prefix: string;
  documentIds: string[];
  chunks: number;
  failed: number;
  seconds: number;
};

/** Adds the documents, in batches; calls `onIds` with the ids of each batch as soon as they are known. */
async function send(client: ParleyClient, prefix: string, documents: EvalDocument[], onIds: (ids: string[]) => void) {
  for (const batch of batches(documents)) {
    const added = batch.map(
      ({ id, title, body }): Partial<NewDocument> => ({
        externalId: `${prefix}${id}`,
        title: title.slice(0, titleMax),
        body,
      }),
    );
    const { body } = await client.call('POST', '/documents/batch', z.object({ data: z.array(document) }), {
      documents: added,
    });
    onIds(body.data.map(({ id }) => id));
  }
}

export function batches(documents: EvalDocument[]): EvalDocument[][] {
  const made: EvalDocument[][] = [];
  let characters = 0;
  for (const one of documents) {
    const last = made.at(-1);
    const isFull = !last || last.length >= batchMax || characters + one.body.length > batchCharactersMax;
    if (isFull) {
      made.push([one]);
      characters = one.body.length;
    } else {
      last.push(one);
      characters += one.body.length;
    }
  }
  return made;
}

async function list(client: ParleyClient, state: IndexState, ours: ReadonlySet<string>) {
  const found: z.output<typeof document>[] = [];
  let cursor: string | null = null;
  do {
    const path: string = `/documents?indexState=${state}&limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
    const { body } = await client.call('GET', path, pageOf(document));
    found.push(...body.data.filter(({ id }) => ours.has(id)));
    cursor = body.page.nextCursor;
  } while (cursor);
  return found;
}

/** Until each is indexed or has failed. Told every tenth of the way. */
async function untilIndexed(client: ParleyClient, ids: string[], onProgress: (indexed: number) => void) {
  const ours = new Set(ids);
  let told = 0;
  for (;;) {
    const waiting = [...(await list(client, 'pending', ours)), ...(await list(client, 'running', ours))];
    const left = new Set(waiting.map(({ id }) => id)).size;
    if (left === 0) {
      const [done, failed] = [await list(client, 'done', ours), await list(client, 'failed', ours)];
      // one may have gone from one list to another between two looks
      if (new Set([...done, ...failed].map(({ id }) => id)).size === ours.size) return { done, failed };
    }
    if (ids.length - left >= told + ids.length / 10) {
      told = ids.length - left;
      onProgress(told);
    }
    await pause(lookEveryMs);
  }
}

/**
 * Until the line of indexing is empty, by the metrics page: the last document's job also adds up the statistics and fits the
 * confidence, after the document says that it is indexed. False where that cannot be seen or takes too long.
 */
async function untilSettled(client: ParleyClient): Promise<boolean> {
  const deadline = Date.now() + settleWithinMs;
  for (;;) {
    const metrics = await client.metrics().catch(() => undefined);
    const depth = /^parley_queue_jobs\{queue="indexing"\} (\d+)/m.exec(metrics ?? '')?.[1];
    if (depth === '0') return true;
    if (depth === undefined || Date.now() > deadline) return false;
    await pause(lookEveryMs / 4);
  }
}

/** Loads a set and waits until all of it is indexed; prints how it goes. What was loaded is in `documentIds` from the first batch on. */
export async function loadSet(
  client: ParleyClient,
  set: { name: string; documents: EvalDocument[] },
  documentIds: string[],
): Promise<Loaded> {
  const prefix = `eval-${randomBytes(4).toString('hex')}-`;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  await send(client, prefix, set.documents, (ids) => documentIds.push(...ids));
  const { done, failed } = await untilIndexed(client, documentIds, (indexed) =>
    console.log(`  ${indexed} of ${documentIds.length} documents indexed, ${seconds().toFixed(0)} s`),
  );
  const chunks = done.reduce((sum, { index }) => sum + index.chunks, 0);
  const loaded = { prefix, documentIds, chunks, failed: failed.length, seconds: seconds() };
  for (const { title, index } of failed.slice(0, 5)) console.log(`  not indexed: ${title}: ${index.error}`);
  if (!(await untilSettled(client)))
    console.log('  whether the confidence is fitted yet could not be seen; figures of it may be of an older fit');
  return loaded;
}

/** Takes away what was loaded, whatever happened to the rest. */
export async function removeDocuments(client: ParleyClient, documentIds: string[]): Promise<void> {
  for (const id of documentIds) await client.call('DELETE', `/documents/${id}`, z.unknown());
}
