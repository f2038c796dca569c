import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../bench/search-corpus.ts';
import { transaction } from '../../server/db/transaction.ts';
import { newId } from '../../server/ids.ts';
import { keepPostings } from '../../server/knowledge/keep-postings.ts';
import { findPostings } from '../../server/knowledge/posting-queries.ts';
import { documentsPerBlock } from '../../server/knowledge/postings.ts';
import { addTerms, foldStats, forgetTerms } from '../../server/knowledge/stats-queries.ts';
import { startKnowledge } from '../support/knowledge-fixture.ts';

/*
 * The lists hold the truth: whatever documents come, change and go, in whatever order lists are kept and made anew, a document is in
 * the list of each of its terms or among those that wait, and no number leads to a document without the term.
 */

let knowledge: Awaited<ReturnType<typeof startKnowledge>>;
beforeAll(async () => {
  knowledge = await startKnowledge();
}, 60_000);
afterAll(() => knowledge.stop());

const termCount = 12;
const allLists = Array.from({ length: termCount }, (_, at) => at + 1).flatMap((term) =>
  ([0, 1, 2, 3] as const).map((tier) => ({ term, tier, weight: 1 })),
);

/** What the lists say, as `document term grade`, and the documents that wait. */
async function readLists(workspaceId: string) {
  const { db } = knowledge.deps;
  const blocks = await findPostings(db, workspaceId, allLists);
  const { rows } = await db.query<{ number: number; id: string }>(
    'select number, document_id as id from posting_documents where workspace_id = $1',
    [workspaceId],
  );
  const added = await db.query<{ id: string }>('select document_id as id from stats_added where workspace_id = $1', [
    workspaceId,
  ]);
  const waiting = added.rows.map(({ id }) => id);
  const byNumber = new Map(rows.map(({ number, id }) => [number, id]));
  const listed = blocks.flatMap((block) => {
    return Array.from({ length: block.entries.length / 2 }, (_, at) => block.entries.readUInt16BE(2 * at)).flatMap(
      (entry) => {
        const id = byNumber.get(block.block * documentsPerBlock + (entry >> 2));
        return id ? [`${id} ${block.term} ${4 * block.tier + (entry & 3)}`] : [];
      },
    );
  });
  return { listed: listed.sort(), waiting: waiting.sort() };
}

type Postings = { term: number; grade: number }[];

/** Documents of a workspace with random terms, and what the statistics do about them. */
async function createWorld(seed: number) {
  const { db } = knowledge.deps;
  const workspaceId = await knowledge.createWorkspace();
  const random = createRandom(seed);
  const upTo = (limit: number) => Math.floor(random() * limit);
  const documents = new Map<string, Postings>();

  const write = (ids: string[]) =>
    put(
      ids.map((documentId) => {
        const terms = Array.from({ length: termCount }, (_, at) => at + 1).filter(() => random() < 0.4);
        return { documentId, postings: terms.map((term) => ({ term, grade: upTo(16) })) };
      }),
    );

  async function put(made: { documentId: string; postings: Postings }[]): Promise<void> {
    await transaction(db, async (tx) => {
      const ids = made.map(({ documentId }) => documentId);
      await forgetTerms(tx, workspaceId, ids);
      await addTerms(
        tx,
        workspaceId,
        made.map(({ documentId, postings }) => ({
          documentId,
          terms: {
            language: 'en',
            terms: postings.map(({ term }) => term),
            grades: postings.map(({ grade }) => grade),
            words: [],
            titleLength: 1,
            bodyLength: 9,
            analysis: 2,
          },
        })),
      );
    });
    for (const { documentId, postings } of made) documents.set(documentId, postings);
  }

  async function come(): Promise<string[]> {
    const ids = Array.from({ length: 1 + upTo(30) }, () => newId());
    await db.query(
      `insert into documents (workspace_id, id, kind, title, locale, audience, status)
       select $1, id, 'article', 'A title', 'en', 'public', 'published' from unnest($2::uuid[]) id`,
      [workspaceId, ids],
    );
    await write(ids);
    return ids;
  }

  async function go(ids: string[]): Promise<void> {
    await transaction(db, (tx) => forgetTerms(tx, workspaceId, ids));
    for (const id of ids) documents.delete(id);
  }

  const fold = () => transaction(db, (tx) => foldStats(tx, workspaceId));
  const keep = () => keepPostings(db, workspaceId, { documentsMin: 20, goneMax: 40 });
  const readGone = async () =>
    (await db.query<{ gone: number }>('select gone from inverted_indexes where workspace_id = $1', [workspaceId]))
      .rows[0]?.gone;
  const some = (ids: Iterable<string>) => [...ids].filter(() => random() < 0.2);
  return { workspaceId, documents, upTo, some, write, put, come, go, fold, keep, readGone };
}

const asListed = (documents: Iterable<[string, Postings]>) =>
  [...documents].flatMap(([id, postings]) => postings.map(({ term, grade }) => `${id} ${term} ${grade}`)).sort();

test.each([1, 2, 3])(
  'documents come, change and go: every one is in its lists or waits (%i)',
  async (seed) => {
    const { workspaceId, documents, upTo, some, write, come, go, fold, keep, readGone } = await createWorld(seed);
    const counted = new Set<string>();
    const steps = {
      come,
      change: async () => {
        const ids = some(documents.keys());
        await write(ids);
        for (const id of ids) counted.delete(id);
      },
      go: async () => {
        const ids = some(documents.keys());
        await go(ids);
        for (const id of ids) counted.delete(id);
      },
      fold: async () => {
        await fold();
        for (const id of documents.keys()) counted.add(id);
      },
      keep,
    };
    const names = Object.keys(steps) as (keyof typeof steps)[];
    let madeAnew = 0;
    for (let count = 0; count < 60; count += 1) {
      const before = (await readGone()) ?? 0;
      await steps[names[upTo(names.length)] ?? 'fold']();
      const gone = await readGone();
      if (gone === undefined) continue;
      if (gone < before) madeAnew += 1;
      const { listed, waiting } = await readLists(workspaceId);
      expect(waiting).toEqual([...documents.keys()].filter((id) => !counted.has(id)).sort());
      expect(listed).toEqual(asListed([...documents].filter(([id]) => counted.has(id))));
    }
    expect(madeAnew).toBeGreaterThan(0);
  },
  60_000,
);

test('several at once lose nothing and do not wait for each other for good', async () => {
  const { workspaceId, documents, upTo, some, write, come, go, fold, keep } = await createWorld(4);
  const worker = async () => {
    const mine = new Set<string>();
    for (let count = 0; count < 25; count += 1) {
      const ids = some(mine);
      const step = upTo(5);
      if (step === 0) await fold();
      else if (step === 1) await keep();
      else if (step === 2) await write(ids);
      else if (step === 3) {
        await go(ids);
        for (const id of ids) mine.delete(id);
      } else for (const id of await come()) mine.add(id);
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  await fold();
  await keep();
  const { listed, waiting } = await readLists(workspaceId);
  expect(waiting).toEqual([]);
  expect(listed).toEqual(asListed(documents));
}, 60_000);

test('a term that weighs a little more or less in a new version is counted as it was, without being written', async () => {
  const { db } = knowledge.deps;
  const { workspaceId, come, put, fold } = await createWorld(5);
  const [documentId = ''] = await come();
  await fold();
  const replace = async (...postings: Postings) => {
    await put([{ documentId, postings }]);
    await fold();
    const { rows } = await db.query<{ term: number; tier1: number; tier2: number; written: string }>(
      `select term, tier1, tier2, xmin::text as written from term_stats where workspace_id = $1 and term in (101, 102) order by term`,
      [workspaceId],
    );
    return rows;
  };
  const [before, other] = await replace({ term: 101, grade: 4 }, { term: 102, grade: 4 });
  const after = await replace({ term: 101, grade: 7 }, { term: 102, grade: 8 });
  expect(after[0]).toEqual(before);
  expect(after[1]).toEqual({ ...other, tier1: 0, tier2: 1, written: expect.not.stringMatching(`^${other?.written}$`) });
});
