import { SparseVector, toSql } from 'pgvector';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../bench/search-corpus.ts';
import { makeWorkspace, settle, writeDocuments } from '../../bench/search-load.ts';
import type { Pool, PoolClient } from '../../server/db/pool.ts';
import { termSpace } from '../../server/knowledge/analyze.ts';
import { deleteDocument, patchDocument } from '../../server/knowledge/documents.ts';
import type { Encoder } from '../../server/knowledge/encoder.ts';
import { exactVectorsMax } from '../../server/knowledge/find-candidates.ts';
import { exactDocumentsMax } from '../../server/knowledge/postings.ts';
import { search } from '../../server/knowledge/search.ts';
import { hasSeveralSessions } from '../../server/knowledge/sessions.ts';
import { denseBytes, sparseBytes } from '../../server/knowledge/vector-bytes.ts';
import { keepVectorIndexes, vectorIndexName } from '../../server/knowledge/vector-index.ts';
import { indexDocument } from '../../workers/index-document.ts';
import { toIndexed } from '../support/indexed-document.ts';
import { startKnowledge } from '../support/knowledge-fixture.ts';

/** Enough for candidates instead of a scan, and, on real services, for a vector index. */
const documentCount = 5_200;
const dimensions = 32;
const random = createRandom(3);
const vocabulary = Array.from({ length: 3_000 }, (_, rank) => `w${rank.toString(36)}q`);
/** Common words are much more common than rare ones. */
const word = () => vocabulary[Math.floor(vocabulary.length ** random())] ?? 'wq';
const sentence = (length: number) => Array.from({ length }, word).join(' ');

function embedText(text: string): number[] {
  const vector = Array.from({ length: dimensions }, () => 0);
  for (const part of text.toLowerCase().match(/\w+/g) ?? []) {
    const own = createRandom([...part].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7));
    for (let at = 0; at < dimensions; at += 1) vector[at] = (vector[at] ?? 0) + own() - 0.5;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
const encoder: Encoder = {
  space: { provider: 'test', model: 'words', dimensions },
  embed: async (texts) => texts.map(embedText),
  close: async () => undefined,
};

let knowledge: Awaited<ReturnType<typeof startKnowledge>>;
let workspaceId: string;
let spaceKey: number;
beforeAll(async () => {
  knowledge = await startKnowledge();
  const { db } = knowledge.deps;
  const made = await makeWorkspace(db, 'large', encoder.space);
  workspaceId = made.workspaceId;
  spaceKey = made.space.key;
  const documents = await toIndexed(
    Array.from({ length: documentCount }, (_, index) => {
      const [title, text] = [sentence(4), sentence(30)];
      const locale = index % 50 === 0 ? 'en-GB' : 'en-US';
      return { title, chunks: [text], locale, vectors: [embedText(`${title} ${text}`)] };
    }),
    { title: 4, body: 30 },
  );
  for (let start = 0; start < documents.length; start += 300) {
    await writeDocuments(db, workspaceId, made.space, documents.slice(start, start + 300));
  }
  await settle(db, workspaceId);
}, 120_000);
afterAll(() => knowledge.stop());

const find = (query: string, more: Partial<Parameters<typeof search>[1]> = {}) =>
  search(
    { db: knowledge.deps.db, encoder },
    { workspaceId, query, history: [], limit: 10, audiences: ['public'], ...more },
  );

/** Of random words nothing stands out, so the lower places of the ten best are nearly ties: real texts share more (docs/scale.md). */
async function overlap(more: Partial<Parameters<typeof search>[1]> = {}) {
  let [shared, wanted] = [0, 0];
  for (let count = 0; count < 25; count += 1) {
    const query = sentence(6);
    const found = new Set((await find(query, more)).results.map((result) => result.chunkId));
    const { results } = await find(query, { ...more, exact: true });
    wanted += results.length;
    shared += results.filter((result) => found.has(result.chunkId)).length;
  }
  expect(wanted).toBeGreaterThan(100);
  return shared / wanted;
}

test('a large workspace is searched by candidates, and hardly anything of the ten best is lost', async () => {
  expect(documentCount).toBeGreaterThan(Math.max(exactDocumentsMax, exactVectorsMax));
  expect(await overlap()).toBeGreaterThan(0.85);
}, 60_000);

test('a filter that leaves few rows is answered exactly', async () => {
  expect(await overlap({ locale: 'en-GB' })).toBe(1);
}, 60_000);

/** As in a container: several processes may not build an index together. */
const withoutSharedMemory = (db: Pool): Pool =>
  Object.create(db, {
    connect: { value: () => db.connect().then(refuseTogether) },
    query: { value: db.query.bind(db) },
  });

function refuseTogether(client: PoolClient): PoolClient {
  let isAlone = false;
  const query = (sql: string, values?: unknown[]) => {
    if (sql === 'set max_parallel_maintenance_workers = 0') isAlone = true;
    const isRefused = sql.startsWith('create index') && !isAlone;
    if (isRefused) throw Object.assign(new Error('could not resize shared memory segment'), { code: '53100' });
    return client.query(sql, values);
  };
  return Object.create(client, { query: { value: query } });
}

test('the vectors of a large space get an index, once, which the searches use without losing much', async () => {
  const { db, log } = knowledge.deps;
  const isThere = async () =>
    (
      await db.query('select from pg_index where indexrelid = to_regclass($1) and indisvalid', [
        vectorIndexName(spaceKey),
      ])
    ).rowCount === 1;
  expect(await isThere()).toBe(false);
  await keepVectorIndexes({ db: withoutSharedMemory(db), log }, workspaceId);
  expect(await isThere()).toBe(hasSeveralSessions(db));
  if (hasSeveralSessions(db)) await db.query(`drop index ${vectorIndexName(spaceKey)}`);
  await Promise.all([keepVectorIndexes({ db, log }, workspaceId), keepVectorIndexes({ db, log }, workspaceId)]);
  expect(await isThere()).toBe(hasSeveralSessions(db));
  expect(await overlap()).toBeGreaterThan(0.85);
}, 60_000);

test('a document is found as soon as its indexing is committed, in its new version, and gone when it is deleted', async () => {
  const deps = { ...knowledge.deps, encoder };
  const write = async (body: string) => {
    const { document } = await knowledge.write(workspaceId, {
      externalId: 'new',
      title: 'Zanzibar voyage',
      body,
      locale: 'en-FR',
    });
    knowledge.jobs.length = 0;
    await indexDocument(deps, { workspaceId, documentId: document.id });
    return document.id;
  };
  const texts = async (locale?: string) =>
    (await find('zanzibar voyage', { locale })).results
      .filter((one) => one.title === 'Zanzibar voyage')
      .map((one) => one.text);
  await write('The first edition of the voyage.');
  expect(await texts()).toEqual(['The first edition of the voyage.']);
  expect(await texts('en-FR')).toEqual(['The first edition of the voyage.']);
  const documentId = await write('The second edition of the voyage.');
  expect(await texts()).toEqual(['The second edition of the voyage.']);
  await patchDocument(deps, { workspaceId, documentId, patch: { audience: 'internal' } });
  expect(await texts()).toEqual([]);
  const both = await find('zanzibar voyage', { audiences: ['public', 'internal'] });
  expect(both.results[0]?.title).toBe('Zanzibar voyage');
  await deleteDocument(deps, { workspaceId, documentId });
  expect(
    (await find('zanzibar voyage', { audiences: ['public', 'internal'] })).results.map((one) => one.title),
  ).not.toContain('Zanzibar voyage');
}, 60_000);

test('vectors arrive as the numbers that they were sent as', async () => {
  const dense = Array.from({ length: 40 }, () => random() * 2 - 1);
  const sparse = new Map(Array.from({ length: 40 }, () => [1 + Math.floor(random() * 1e9), random() * 4]));
  const fromZero = new SparseVector(new Map([...sparse].map(([term, weight]) => [term - 1, weight])), termSpace);
  const { rows } = await knowledge.deps.db.query(
    'select $1::halfvec = $2::text::halfvec as dense, $3::sparsevec = $4::text::sparsevec as sparse',
    [denseBytes(dense), toSql(dense), sparseBytes(sparse), toSql(fromZero)],
  );
  expect(rows[0]).toEqual({ dense: true, sparse: true });
});
