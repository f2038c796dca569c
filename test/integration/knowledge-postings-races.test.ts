import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeWorkspace, settle, writeDocuments } from '../../bench/search-load.ts';
import type { Pool } from '../../server/db/pool.ts';
import { transaction } from '../../server/db/transaction.ts';
import { AppError } from '../../server/errors.ts';
import type { Encoder } from '../../server/knowledge/encoder.ts';
import { keepPostings } from '../../server/knowledge/keep-postings.ts';
import { search } from '../../server/knowledge/search.ts';
import { foldStats } from '../../server/knowledge/stats-queries.ts';
import { indexDocument } from '../../workers/index-document.ts';
import { toIndexed } from '../support/indexed-document.ts';
import { startKnowledge } from '../support/knowledge-fixture.ts';

/*
 * A search looks several times: at the statistics, at the lists, at the documents that they lead to. Whatever is written, counted or
 * listed anew between two looks, a document that was live all the time is found by its words.
 */

const documentCount = 1_300;
/** Words alone decide. */
const encoder: Encoder = {
  space: { provider: 'test', model: 'none', dimensions: 2 },
  embed: async (texts, kind) => {
    if (kind === 'question') throw new AppError('unavailable');
    return texts.map(() => [1, 0]);
  },
  close: async () => undefined,
};
let knowledge: Awaited<ReturnType<typeof startKnowledge>>;
let workspaceId: string;
beforeAll(async () => {
  knowledge = await startKnowledge();
  const { db } = knowledge.deps;
  const made = await makeWorkspace(db, 'large', encoder.space);
  workspaceId = made.workspaceId;
  const documents = await toIndexed(
    Array.from({ length: documentCount }, (_, at) => ({
      title: `Article number${at}`,
      chunks: [`Everything about subject${at % 40} and printers`],
      locale: 'en',
    })),
    { title: 2, body: 4 },
  );
  await writeDocuments(db, workspaceId, made.space, documents);
  await settle(db, workspaceId);
  // while one document is still being indexed, what others say is not counted by itself
  const { document } = await knowledge.write(workspaceId, { title: 'A long document', body: 'A text.' });
  await db.query(
    `update documents set index_state = 'running', index_lease_until = now() + interval '1 hour' where workspace_id = $1 and id = $2`,
    [workspaceId, document.id],
  );
}, 60_000);
afterAll(() => knowledge.stop());

/** The pool, with something that happens once, just before a statement of this name is sent. */
function before(name: string, happen: () => Promise<unknown>): Pool {
  const { db } = knowledge.deps;
  let isDue = true;
  const query = async (...args: [{ name?: string }]) => {
    if (isDue && args[0].name?.startsWith(name)) {
      isDue = false;
      await happen();
    }
    return Reflect.apply(db.query, db, args);
  };
  return new Proxy(db, { get: (target, key) => (key === 'query' ? query : Reflect.get(target, key, target)) });
}

const titles = async (query: string, db: Pool = knowledge.deps.db) =>
  (await search({ db, encoder }, { workspaceId, query, history: [], limit: 5, audiences: ['public'] })).results.map(
    (result) => result.title,
  );

async function write(externalId: string, title: string, more: { locale?: string } = {}): Promise<void> {
  const { document } = await knowledge.write(workspaceId, { externalId, title, body: 'A text.', ...more });
  await indexDocument({ ...knowledge.deps, encoder }, { workspaceId, documentId: document.id });
}

const fold = () => transaction(knowledge.deps.db, (tx) => foldStats(tx, workspaceId));

const moments = ['postings', 'scored_'];

test.each(moments)('a document that is replaced before "%s" is found', async (moment) => {
  await write('replaced', 'Zanzibar voyage');
  await fold();
  const db = before(moment, () => write('replaced', 'Zanzibar voyage'));
  expect(await titles('zanzibar printers', db)).toContain('Zanzibar voyage');
});

test.each(moments)('a document that is replaced and counted before "%s" is found', async (moment) => {
  await write('replaced', 'Zanzibar voyage');
  await fold();
  const db = before(moment, async () => {
    await write('replaced', 'Zanzibar voyage');
    await fold();
  });
  expect(await titles('zanzibar printers', db)).toContain('Zanzibar voyage');
});

test.each(moments)('a document with words that are new is found when it is counted before "%s"', async (moment) => {
  const word = moment === 'postings' ? 'quixotic' : 'kaleidoscope';
  await write(word, `A ${word}`);
  expect(await titles(`${word} printers`, before(moment, fold))).toContain(`A ${word}`);
});

test.each(moments)('a document that moves to a locale that is new before "%s" is found', async (moment) => {
  const locale = moment === 'postings' ? 'en-NZ' : 'en-AU';
  await write('moves', 'Wellington harbour');
  await fold();
  const db = before(moment, () => write('moves', 'Wellington harbour', { locale }));
  expect(await titles('wellington printers', db)).toContain('Wellington harbour');
});

test.each(moments)('every document is found when all lists are made anew before "%s"', async (moment) => {
  const { db } = knowledge.deps;
  await db.query('update inverted_indexes set gone = 1000000 where workspace_id = $1', [workspaceId]);
  const keep = before(moment, () => keepPostings(db, workspaceId));
  expect(await titles('number77 printers', keep)).toContain('Article number77');
  expect(await titles('number78 printers')).toContain('Article number78');
});

test('a document in a language that is new is found by its words before it is counted', async () => {
  await write('german', 'Bestellungen stornieren', { locale: 'de' });
  expect(await titles('eine Bestellung stornierte')).toEqual(['Bestellungen stornieren']);
  await fold();
  expect(await titles('eine Bestellung stornierte')).toEqual(['Bestellungen stornieren']);
});
