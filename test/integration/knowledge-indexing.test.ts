import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analysisVersion } from '../../server/knowledge/analyze.ts';
import { deleteDocument, getDocument, patchDocument, reindexDocument } from '../../server/knowledge/documents.ts';
import type { Encoder } from '../../server/knowledge/encoder.ts';
import { search } from '../../server/knowledge/search.ts';
import { listUnfinishedDocuments, requeueOlderAnalyses } from '../../server/knowledge/unfinished-documents.ts';
import { indexDocument } from '../../workers/index-document.ts';
import { startKnowledge } from '../support/knowledge-fixture.ts';

let knowledge: Awaited<ReturnType<typeof startKnowledge>>;
beforeAll(async () => {
  knowledge = await startKnowledge();
}, 60_000);
afterAll(() => knowledge.stop());

const returns = { externalId: 'returns', title: 'Returning boots', body: 'Boots go back within 30 days of delivery.' };

/** What search and statistics are made of, without ids and times. */
async function contents(workspaceId: string) {
  const { rows } = await knowledge.deps.db.query(
    `select (select count(*)::int from search_rows where workspace_id = $1) as rows,
       (select count(*)::int from search_vectors where workspace_id = $1) as vectors,
       (select count(*)::int from chunks c join documents d on d.workspace_id = c.workspace_id and d.id = c.document_id
          and d.live_version = c.version where c.workspace_id = $1) as chunks,
       (select coalesce(sum(documents), 0)::int from term_stats where workspace_id = $1) as terms,
       (select coalesce(sum(cardinality(d.terms)), 0)::int from stats_added a join document_terms d on d.workspace_id = a.workspace_id
          and d.document_id = a.document_id where a.workspace_id = $1) as added,
       (select coalesce(sum(cardinality(terms)), 0)::int from stats_removed where workspace_id = $1) as removed`,
    [workspaceId],
  );
  const { added, removed, terms, ...counts } = rows[0];
  return { ...counts, terms: terms + added - removed };
}

test('a document is pending when it is taken, and found when it is indexed', async () => {
  const workspaceId = await knowledge.createWorkspace();
  const { document, created } = await knowledge.write(workspaceId, { ...returns, url: 'https://shop.example/returns' });
  expect(created).toBe(true);
  expect(document.index).toEqual({ state: 'pending', chunks: 0 });
  expect((await knowledge.find(workspaceId, 'how do I return boots?')).results).toEqual([]);
  await knowledge.runJobs();
  const { results, query } = await knowledge.find(workspaceId, 'how do I return boots?');
  expect(query).toBe('how do I return boots?');
  expect(results).toHaveLength(1);
  expect(results[0]).toMatchObject({
    documentId: document.id,
    externalId: 'returns',
    title: returns.title,
    url: 'https://shop.example/returns',
    text: returns.body,
  });
  const after = await getDocument(knowledge.deps, { workspaceId, documentId: document.id });
  expect(after).toMatchObject({ index: { state: 'done', chunks: 1 }, version: 1, body: returns.body });
});

test('the same externalId is a new version, and at no moment is neither or both versions found', async () => {
  const workspaceId = await knowledge.createWorkspace();
  await knowledge.write(workspaceId, { ...returns, body: 'Boots go back within days: edition 1.' });
  await knowledge.runJobs();
  const seen: string[][] = [];
  let replacing = true;
  const searching = (async () => {
    while (replacing) {
      const { results } = await knowledge.find(workspaceId, 'boots edition');
      seen.push(results.map((result) => /edition \d/.exec(result.text)?.[0] ?? ''));
    }
  })();
  for (let edition = 2; edition <= 6; edition += 1) {
    const body = `Boots go back within days: edition ${edition}.`;
    const { document, created } = await knowledge.write(workspaceId, { ...returns, body });
    expect(created).toBe(false);
    expect(document.version).toBe(edition);
    await knowledge.runJobs();
  }
  replacing = false;
  await searching;
  expect(seen.length).toBeGreaterThan(5);
  expect(seen.filter((editions) => editions.length !== 1)).toEqual([]);
  const order = seen.map(([edition]) => edition);
  expect(order).toEqual(order.toSorted());
  expect((await knowledge.find(workspaceId, 'boots edition')).results[0]?.text).toContain('edition 6');
});

test('a document that is replaced while a search is under way is found in its new version', async () => {
  const workspaceId = await knowledge.createWorkspace();
  await knowledge.write(workspaceId, { ...returns, body: 'Boots: the old text.' });
  await knowledge.runJobs();
  let replaced = false;
  // between the scores and the close look, when the search has chosen the document for its old text
  const db = new Proxy(knowledge.deps.db, {
    get(pool, key) {
      const value = Reflect.get(pool, key);
      if (key !== 'query') return value;
      return async (...query: unknown[]) => {
        if (!replaced && JSON.stringify(query).includes('best_chunks')) {
          replaced = true;
          await knowledge.write(workspaceId, { ...returns, body: 'Boots: the new text.' });
          await knowledge.runJobs();
        }
        return Reflect.apply(value, pool, query);
      };
    },
  });
  const input = { workspaceId, query: 'boots', history: [], limit: 10, audiences: ['public' as const] };
  const { results } = await search({ db, encoder: knowledge.deps.encoder }, input);
  expect(replaced).toBe(true);
  expect(results.map((result) => result.text)).toEqual(['Boots: the new text.']);
});

test('what was read by older rules is put in line again', async () => {
  const workspaceId = await knowledge.createWorkspace();
  const { document } = await knowledge.write(workspaceId, returns);
  await knowledge.runJobs();
  const state = async () => (await getDocument(knowledge.deps, { workspaceId, documentId: document.id })).index.state;
  await requeueOlderAnalyses(knowledge.deps.db, analysisVersion);
  expect(await state()).toBe('done');
  await requeueOlderAnalyses(knowledge.deps.db, analysisVersion + 1);
  expect(await state()).toBe('pending');
  expect((await knowledge.find(workspaceId, 'boots')).results).toHaveLength(1);
  await indexDocument(knowledge.deps, { workspaceId, documentId: document.id });
  expect(await state()).toBe('done');
});

test('a deleted document is gone from search, tables and statistics at once', async () => {
  const workspaceId = await knowledge.createWorkspace();
  await knowledge.write(workspaceId, { title: 'Shipping', body: 'Parcels travel with DHL.' });
  await knowledge.runJobs();
  const before = await contents(workspaceId);
  const { document } = await knowledge.write(workspaceId, returns);
  await knowledge.runJobs();
  await deleteDocument(knowledge.deps, { workspaceId, documentId: document.id });
  expect((await knowledge.find(workspaceId, 'boots')).results.map((result) => result.title)).not.toContain(
    returns.title,
  );
  expect(await contents(workspaceId)).toEqual(before);
  await expect(getDocument(knowledge.deps, { workspaceId, documentId: document.id })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('a document that is deleted while it is indexed stays deleted', async () => {
  const workspaceId = await knowledge.createWorkspace();
  const { document } = await knowledge.write(workspaceId, returns);
  const encoder = withHook(() => deleteDocument(knowledge.deps, { workspaceId, documentId: document.id }));
  await indexDocument({ ...knowledge.deps, encoder }, { workspaceId, documentId: document.id });
  expect(await contents(workspaceId)).toMatchObject({ rows: 0, vectors: 0, chunks: 0, terms: 0 });
});

/** The built-in encoder that does something before its first answer. */
function withHook(hook: () => Promise<unknown>): Encoder {
  const { encoder } = knowledge.deps;
  let called = false;
  return {
    ...encoder,
    async embed(...asked) {
      if (!called) {
        called = true;
        await hook();
      }
      return encoder.embed(...asked);
    },
  };
}

describe('indexing that is killed, doubled or overtaken', () => {
  test('a worker that dies after its claim leaves the document to the next one, with nothing twice', async () => {
    const workspaceId = await knowledge.createWorkspace();
    const { document } = await knowledge.write(workspaceId, returns);
    await knowledge.runJobs();
    const expected = await contents(workspaceId);
    await reindexDocument(knowledge.deps, { workspaceId, documentId: document.id });
    knowledge.jobs.length = 0;
    // what a killed worker leaves: its claim, and nothing else
    await knowledge.deps.db.query(
      `update documents set index_state = 'running', index_attempt = 1, index_lease_until = now() + interval '1 hour'
       where workspace_id = $1 and id = $2`,
      [workspaceId, document.id],
    );
    const payload = { workspaceId, documentId: document.id };
    await indexDocument(knowledge.deps, payload);
    expect((await getDocument(knowledge.deps, payload)).index.state).toBe('running');
    expect((await knowledge.find(workspaceId, 'boots')).results).toHaveLength(1);
    await knowledge.deps.db.query(
      `update documents set index_lease_until = now() - interval '1 second' where id = $1`,
      [document.id],
    );
    const unfinished = await listUnfinishedDocuments(knowledge.deps.db, 0, 100);
    expect(unfinished.map((one) => one.documentId)).toContain(document.id);
    await indexDocument(knowledge.deps, payload);
    expect((await getDocument(knowledge.deps, payload)).index.state).toBe('done');
    expect(await contents(workspaceId)).toEqual(expected);
  });

  test('two workers at the same document do the work of one, and a later run changes nothing', async () => {
    const workspaceId = await knowledge.createWorkspace();
    const { document } = await knowledge.write(workspaceId, returns);
    const payload = { workspaceId, documentId: document.id };
    await Promise.all([indexDocument(knowledge.deps, payload), indexDocument(knowledge.deps, payload)]);
    const once = await contents(workspaceId);
    const { results } = await knowledge.find(workspaceId, 'boots');
    await indexDocument(knowledge.deps, payload);
    expect(await contents(workspaceId)).toEqual(once);
    expect((await knowledge.find(workspaceId, 'boots')).results).toEqual(results);
    expect(once.rows).toBe(1);
  });

  test('the same content indexed again keeps its chunk ids, so that citations still open', async () => {
    const workspaceId = await knowledge.createWorkspace();
    const { document } = await knowledge.write(workspaceId, returns);
    await knowledge.runJobs();
    const before = await knowledge.find(workspaceId, 'boots');
    await reindexDocument(knowledge.deps, { workspaceId, documentId: document.id });
    await knowledge.runJobs();
    const after = await knowledge.find(workspaceId, 'boots');
    expect(after.results[0]?.chunkId).toBe(before.results[0]?.chunkId);
  });

  test('a version that is overtaken while it is embedded writes nothing', async () => {
    const workspaceId = await knowledge.createWorkspace();
    const { document } = await knowledge.write(workspaceId, { ...returns, body: 'Boots: the old text.' });
    knowledge.jobs.length = 0;
    const payload = { workspaceId, documentId: document.id };
    const encoder = withHook(() => knowledge.write(workspaceId, { ...returns, body: 'Boots: the new text.' }));
    await indexDocument({ ...knowledge.deps, encoder }, payload);
    expect((await knowledge.find(workspaceId, 'boots')).results).toEqual([]);
    expect(await getDocument(knowledge.deps, payload)).toMatchObject({ version: 2, index: { state: 'pending' } });
    await knowledge.runJobs();
    const texts = (await knowledge.find(workspaceId, 'boots')).results.map((result) => result.text);
    expect(texts).toEqual(['Boots: the new text.']);
  });

  test('an encoder that stays away is tried again later, and in the end the document says why', async () => {
    const workspaceId = await knowledge.createWorkspace();
    const { document } = await knowledge.write(workspaceId, returns);
    knowledge.jobs.length = 0;
    const payload = { workspaceId, documentId: document.id };
    const encoder = withHook(async () => {
      throw new Error('away');
    });
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const broken = { ...encoder, embed: async () => Promise.reject(new Error('away')) };
      await knowledge.deps.db.query('update documents set index_requested_at = now() where id = $1', [document.id]);
      await indexDocument({ ...knowledge.deps, encoder: broken }, payload);
      const { index } = await getDocument(knowledge.deps, payload);
      expect(index.state).toBe(attempt < 6 ? 'pending' : 'failed');
    }
    expect((await getDocument(knowledge.deps, payload)).index.error).toMatch(/6 times/);
    await reindexDocument(knowledge.deps, payload);
    await knowledge.runJobs();
    expect((await getDocument(knowledge.deps, payload)).index.state).toBe('done');
  });

  test('a document that kills every worker is failed with a reason instead of being tried for ever', async () => {
    const workspaceId = await knowledge.createWorkspace();
    const { document } = await knowledge.write(workspaceId, returns);
    knowledge.jobs.length = 0;
    await knowledge.deps.db.query(
      `update documents set index_state = 'running', index_attempt = 6, index_lease_until = now() - interval '1 second' where id = $1`,
      [document.id],
    );
    await indexDocument(knowledge.deps, { workspaceId, documentId: document.id });
    const { index } = await getDocument(knowledge.deps, { workspaceId, documentId: document.id });
    expect(index).toMatchObject({ state: 'failed', error: expect.stringContaining('6 times') });
  });
});

test('audience and status hold at once, the content when it is indexed', async () => {
  const workspaceId = await knowledge.createWorkspace();
  const { document } = await knowledge.write(workspaceId, returns);
  await knowledge.runJobs();
  const one = { workspaceId, documentId: document.id };
  const titles = async (audiences: ('public' | 'internal')[]) =>
    (await knowledge.find(workspaceId, 'boots', { audiences })).results.map((result) => result.title);
  await patchDocument(knowledge.deps, { ...one, patch: { audience: 'internal' } });
  expect(await titles(['public'])).toEqual([]);
  expect(await titles(['public', 'internal'])).toEqual([returns.title]);
  await patchDocument(knowledge.deps, { ...one, patch: { status: 'draft' } });
  expect(await titles(['public', 'internal'])).toEqual([]);
  await patchDocument(knowledge.deps, {
    ...one,
    patch: { status: 'published', audience: 'public', title: 'Sending boots back' },
  });
  expect(await titles(['public'])).toEqual([returns.title]);
  await knowledge.runJobs();
  expect(await titles(['public'])).toEqual(['Sending boots back']);
});
