import { afterAll, beforeAll, expect, test } from 'vitest';
import { transaction } from '../../server/db/transaction.ts';
import { newId } from '../../server/ids.ts';
import { findOrMakeFacet } from '../../server/knowledge/facet-queries.ts';
import { findGround } from '../../server/knowledge/ground-queries.ts';
import { keepPostings, listWithoutPostings } from '../../server/knowledge/keep-postings.ts';
import { hasSeveralSessions } from '../../server/knowledge/sessions.ts';
import { addTerms, foldStats, forgetTerms } from '../../server/knowledge/stats-queries.ts';
import { startKnowledge } from '../support/knowledge-fixture.ts';
import { until } from '../support/until.ts';

/*
 * Folding, making lists and forgetting documents meet each other half-way: nobody waits for somebody who waits for him, and what was
 * cut off is taken up again.
 */

let knowledge: Awaited<ReturnType<typeof startKnowledge>>;
beforeAll(async () => {
  knowledge = await startKnowledge();
}, 60_000);
afterAll(() => knowledge.stop());

const keep = (workspaceId: string) => keepPostings(knowledge.deps.db, workspaceId, { documentsMin: 20, goneMax: 10 });
const fold = (workspaceId: string) => transaction(knowledge.deps.db, (tx) => foldStats(tx, workspaceId));

async function add(workspaceId: string, count: number): Promise<string[]> {
  const { db } = knowledge.deps;
  const ids = Array.from({ length: count }, () => newId());
  await db.query(
    `insert into documents (workspace_id, id, kind, title, locale, audience, status)
     select $1, id, 'article', 'A title', 'en', 'public', 'published' from unnest($2::uuid[]) id`,
    [workspaceId, ids],
  );
  const terms = {
    language: 'en',
    terms: [1],
    grades: [9],
    words: [],
    titleLength: 1,
    bodyLength: 1,
    analysis: 2,
  };
  await transaction(db, (tx) =>
    addTerms(
      tx,
      workspaceId,
      ids.map((documentId) => ({ documentId, terms })),
    ),
  );
  return ids;
}

async function readIndex(workspaceId: string) {
  const { rows } = await knowledge.deps.db.query<{ madeFrom: number | null; numbered: string[]; blocks: number[] }>(
    `select (select made_from from inverted_indexes where workspace_id = $1) as "madeFrom",
       array(select document_id::text from posting_documents where workspace_id = $1 order by document_id) as numbered,
       array(select block from postings where workspace_id = $1 order by block) as blocks`,
    [workspaceId],
  );
  return rows[0];
}

/** Resolves when a session of this database waits for another one's lock. */
const somebodyWaits = () =>
  until('a session that waits', async () => {
    const { rows } = await knowledge.deps.db.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  });

/** A workspace whose lists have to be made anew. */
async function createWorn(): Promise<{ workspaceId: string; ids: string[] }> {
  const workspaceId = await knowledge.createWorkspace();
  const ids = await add(workspaceId, 60);
  await fold(workspaceId);
  await keep(workspaceId);
  await transaction(knowledge.deps.db, (tx) => forgetTerms(tx, workspaceId, ids.splice(0, 30)));
  await fold(workspaceId);
  return { workspaceId, ids };
}

test('lists are made anew while somebody forgets one document after the other', async ({ skip }) => {
  const { db } = knowledge.deps;
  skip(!hasSeveralSessions(db), 'one session at a time');
  const { workspaceId, ids } = await createWorn();
  const [first = '', ...others] = ids;
  const last = others.pop() ?? '';
  let kept: Promise<void> | undefined;
  await transaction(db, async (tx) => {
    await forgetTerms(tx, workspaceId, [last]);
    kept = keep(workspaceId);
    await kept;
    expect((await readIndex(workspaceId))?.madeFrom).toBeGreaterThan(0);
    await forgetTerms(tx, workspaceId, [first]);
  });
  await keep(workspaceId);
  expect(await readIndex(workspaceId)).toEqual({ madeFrom: null, numbered: others, blocks: [1] });
});

test('lists are made anew while a document is being forgotten that stays after all', async ({ skip }) => {
  const { db } = knowledge.deps;
  skip(!hasSeveralSessions(db), 'one session at a time');
  const { workspaceId, ids } = await createWorn();
  const failing = transaction(db, async (tx) => {
    await forgetTerms(tx, workspaceId, ids.slice(0, 2));
    await keep(workspaceId);
    throw new Error('not forgotten');
  });
  await expect(failing).rejects.toThrow('not forgotten');
  expect(await listWithoutPostings(db, 100)).toContain(workspaceId);
  expect((await readIndex(workspaceId))?.numbered).toEqual(ids);
  await keep(workspaceId);
  expect(await readIndex(workspaceId)).toEqual({ madeFrom: null, numbered: ids, blocks: [1] });
});

test('first lists that are cut off are not used, and are finished by the next who keeps them', async ({ skip }) => {
  const { db } = knowledge.deps;
  skip(!hasSeveralSessions(db), 'one session at a time');
  const workspaceId = await knowledge.createWorkspace();
  const ids = await add(workspaceId, 40);
  await fold(workspaceId);
  await transaction(db, async (tx) => {
    await forgetTerms(tx, workspaceId, ids.splice(0, 1));
    await keep(workspaceId);
  });
  await fold(workspaceId);
  expect(await readIndex(workspaceId)).toEqual({ madeFrom: 0, numbered: ids, blocks: [0] });
  expect((await findGround(db, workspaceId)).listedTo).toBeNull();
  expect(await listWithoutPostings(db, 100)).toContain(workspaceId);
  await keep(workspaceId);
  expect((await findGround(db, workspaceId)).listedTo).toBe(ids.length);
  expect(await listWithoutPostings(db, 100)).not.toContain(workspaceId);
});

test('two who make the same facet and a fold do not wait for each other crosswise', async ({ skip }) => {
  const { db } = knowledge.deps;
  skip(!hasSeveralSessions(db), 'one session at a time');
  const workspaceId = await knowledge.createWorkspace();
  const ids = await add(workspaceId, 1);
  const one = await db.connect();
  try {
    await one.query('begin');
    const made = await findOrMakeFacet(one, workspaceId, 'public', 'nl');
    let folded: Promise<void> | undefined;
    const other = transaction(db, async (tx) => {
      expect(await findOrMakeFacet(tx, workspaceId, 'public', 'nl')).toBe(made);
      let isFolded = false;
      folded = fold(workspaceId).finally(() => {
        isFolded = true;
      });
      await Promise.race([folded, somebodyWaits()]);
      if (isFolded) await folded;
      await forgetTerms(tx, workspaceId, ids);
    });
    await somebodyWaits();
    await one.query('commit');
    await other;
    await folded;
  } finally {
    one.release();
  }
});
