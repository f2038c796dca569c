import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeWorkspace, settle, writeDocuments } from '../../bench/search-load.ts';
import { findGround } from '../../server/knowledge/ground-queries.ts';
import { openSpaces } from '../../server/knowledge/spaces.ts';
import { buildLock } from '../../server/knowledge/vector-index.ts';
import { toIndexed } from '../support/indexed-document.ts';
import { isPositive, ModelChange } from '../support/model-change.ts';
import { createWordEncoder } from '../support/word-encoder.ts';

/** Only a Postgres of many sessions makes vector indexes. */
const hasIndexes = process.env.DATABASE_URL !== undefined;
/** Three vectors each: with an index, more than the 5,000 from where on a space gets one. */
const documentCount = hasIndexes ? 1_700 : 60;
const vectorCount = 3 * documentCount;

const spaces = new ModelChange();
let spaceId: string;
let spaceKey: number;
beforeAll(async () => {
  await spaces.start();
  await spaces.begin();
  // of fewer dimensions, many of the vectors would be the same one
  spaces.next = createWordEncoder('next', 256);
  const { db } = spaces.knowledge.deps;
  const made = await makeWorkspace(db, 'large', spaces.old.space);
  spaces.workspaceId = made.workspaceId;
  const documents = await toIndexed(
    Array.from({ length: documentCount }, (_, index) => ({
      title: `Topic ${index}`,
      chunks: [`All about word${index}.`, `More of word${index}, and of word${index + 1}.`],
      locale: 'en',
    })),
    { title: 2, body: 10 },
  );
  for (let start = 0; start < documentCount; start += 425) {
    await writeDocuments(db, made.workspaceId, made.space, documents.slice(start, start + 425));
  }
  await settle(db, made.workspaceId);
  await openSpaces(spaces.withNext());
  spaceId = (await spaces.spaceOf('next')).id;
  spaceKey = (await findGround(db, made.workspaceId, spaceId)).space?.key ?? 0;
}, 60_000);
afterAll(() => spaces.stop());

test.runIf(hasIndexes)(
  'a full space waits while another process builds its vector index, and is not searched',
  async () => {
    const { db } = spaces.knowledge.deps;
    const other = await db.connect();
    try {
      await other.query('select pg_advisory_lock($1, $2)', [buildLock, spaceKey]);
      await spaces.knowledge.runSpaceJobs(spaces.withNext());
      expect(await spaces.spaceOf('next')).toMatchObject({
        state: 'filling',
        fill: { state: 'pending', documents: documentCount, total: documentCount },
        vectors: { total: vectorCount, index: 'exact' },
      });
      expect(await spaces.spaceOf('old')).toMatchObject({ state: 'active' });
      // in line, but not before the other one may be ready
      expect(spaces.knowledge.spaceJobs).toEqual([]);
    } finally {
      other.release(true);
    }
  },
  60_000,
);

test('a large space is filled, gets its vector index, then its confidence, and only then is switched to', async () => {
  const { db } = spaces.knowledge.deps;
  type Moment = { index: string; state: string; waiting: number };
  const calibrating: Moment[] = [];
  spaces.next.before = async (texts) => {
    // asked by a calibration only
    if (!texts.includes('Why is the sky blue?')) return;
    const { vectors, state } = await spaces.spaceOf('next');
    calibrating.push({ index: vectors.index, state, waiting: vectors.waiting });
  };
  await spaces.makeDue();
  await spaces.fill(spaceId);
  const index = hasIndexes ? 'ready' : 'exact';
  expect(calibrating).toEqual([{ index, state: 'filling', waiting: 0 }]);
  expect(await spaces.spaceOf('next')).toMatchObject({
    state: 'active',
    fill: { state: 'done', documents: documentCount, total: documentCount },
    vectors: { total: vectorCount, index, waiting: 0 },
  });
  expect(await spaces.spaceOf('old')).toMatchObject({ state: 'kept' });
  const { space } = await findGround(db, spaces.workspaceId);
  expect(space).toMatchObject({ id: spaceId, hasIndex: hasIndexes, calibration: expect.anything() });
  const { results } = await spaces.find('Topic 42: all about word42');
  expect(results[0]).toMatchObject({ title: 'Topic 42', semantic: expect.toSatisfy(isPositive) });
}, 60_000);
