import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../server/errors.ts';
import { deleteDocument } from '../../server/knowledge/documents.ts';
import { readIndexHealth, retryIndex } from '../../server/knowledge/index-health.ts';
import { search } from '../../server/knowledge/search.ts';
import { listDueFillings } from '../../server/knowledge/space-queries.ts';
import { activateSpace, deleteSpace, fillSpaceAgain, openSpaces } from '../../server/knowledge/spaces.ts';
import { fillSpace } from '../../workers/fill-space.ts';
import { indexDocument } from '../../workers/index-document.ts';
import { startKnowledge } from '../support/knowledge-fixture.ts';
import { createWordEncoder, encodersOf, type WordEncoder } from '../support/word-encoder.ts';

let knowledge: Awaited<ReturnType<typeof startKnowledge>>;
beforeAll(async () => {
  knowledge = await startKnowledge();
}, 60_000);
afterAll(() => knowledge.stop());

/** The model that was configured first, and the one that EMBEDDING_MODEL names later. */
let old: WordEncoder;
let next: WordEncoder;
let workspaceId: string;
beforeEach(async () => {
  old = createWordEncoder('old', 24);
  next = createWordEncoder('next', 32);
  knowledge.jobs.length = 0;
  knowledge.spaceJobs.length = 0;
  workspaceId = await knowledge.createWorkspace();
  await knowledge.deps.db.query('delete from search_vectors');
  await knowledge.deps.db.query('delete from embedding_spaces');
});

const withOld = () => ({ ...knowledge.deps, ...encodersOf(old) });
const withNext = () => ({ ...knowledge.deps, ...encodersOf(next, old) });
const withoutOld = () => ({ ...knowledge.deps, ...encodersOf(next) });

async function index(as: Parameters<typeof indexDocument>[0]): Promise<void> {
  for (let job = knowledge.jobs.shift(); job; job = knowledge.jobs.shift()) await indexDocument(as, job);
}

async function writeAll(count: number, as = withOld()): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    await knowledge.write(workspaceId, {
      externalId: `n${number}`,
      title: `Topic ${number}`,
      body: `All about word${number}.`,
    });
  }
  await index(as);
}

const isPositive = (value: unknown) => typeof value === 'number' && value > 0;
const health = (as = withNext()) => readIndexHealth(as, workspaceId);
async function spaceOf(model: string, as = withNext()) {
  const space = (await health(as)).spaces.find((one) => one.model === `test:${model}`);
  if (!space) throw new Error(`no space of ${model}`);
  return space;
}
const find = (query: string, as = withNext()) =>
  search(as, { workspaceId, query, history: [], limit: 5, audiences: ['public'] });
const vectorsOf = async (spaceId: string) =>
  (
    await knowledge.deps.db.query(
      'select from search_vectors v join embedding_spaces s on s.key = v.space_key where s.id = $1',
      [spaceId],
    )
  ).rowCount;
/** What the job would see when its time has come. */
const makeDue = () =>
  knowledge.deps.db.query(`update embedding_spaces set fill_requested_at = now() - interval '1 minute'`);

describe('a new model', () => {
  test('fills a space of its own while the old one is searched, then is switched to, and the old one is kept', async () => {
    await writeAll(12);
    await openSpaces(withNext());
    expect(await spaceOf('old')).toMatchObject({ state: 'active', configured: false, usable: true });
    expect(await spaceOf('next')).toMatchObject({
      state: 'filling',
      configured: true,
      fill: { state: 'pending', documents: 0, total: 12 },
    });
    const during = await find('word3');
    expect(during.results[0]).toMatchObject({ title: 'Topic 3', semantic: expect.toSatisfy(isPositive) });
    await knowledge.runSpaceJobs(withNext());
    expect(await spaceOf('next')).toMatchObject({
      state: 'active',
      fill: { state: 'done', documents: 12, total: 12, documentsPerMinute: null, etaSeconds: null },
      vectors: { total: 12, index: 'exact', waiting: 0 },
      activatedAt: expect.any(String),
    });
    expect(await spaceOf('old')).toMatchObject({ state: 'kept', fill: { documents: 12 } });
    const { rows } = await knowledge.deps.db.query(
      `select calibration is not null as calibrated, (select sum(vectors)::int from search_facets where workspace_id = $1) as counted
       from embedding_spaces where workspace_id = $1 and state = 'active'`,
      [workspaceId],
    );
    expect(rows).toEqual([{ calibrated: true, counted: 12 }]);
    expect((await find('word3')).results[0]).toMatchObject({
      title: 'Topic 3',
      semantic: expect.toSatisfy(isPositive),
    });
  });

  test('gets no second space when another process opens it too, or at the next start', async () => {
    await writeAll(2);
    await Promise.all([openSpaces(withNext()), openSpaces(withNext())]);
    await openSpaces(withNext());
    expect((await health()).spaces).toHaveLength(2);
  });

  test('tells its length by a first vector where it is not known', async () => {
    await writeAll(2);
    const unknown = createWordEncoder('unknown', 0);
    const embed = createWordEncoder('unknown', 40).embed;
    unknown.embed = async (texts, kind) => {
      unknown.space.dimensions = 40;
      return embed(texts, kind);
    };
    const as = { ...knowledge.deps, ...encodersOf(unknown, old) };
    await openSpaces(as);
    await knowledge.runSpaceJobs(as);
    expect(await spaceOf('unknown', as)).toMatchObject({ state: 'active', dimensions: 40, fill: { documents: 2 } });
  });

  test('vectors of a filled space are those that indexing would have written', async () => {
    const long = Array.from(
      { length: 60 },
      (_, at) => `## Part ${at}\n\nHere [part ${at}](https://x.example) has *much* to say. ${'More. '.repeat(30)}`,
    );
    await knowledge.write(workspaceId, { title: 'Long', body: long.join('\n\n') });
    await knowledge.write(workspaceId, {
      title: 'HTML',
      format: 'html',
      body: '<h1>Heading</h1><p>A <b>bold</b> text.</p>',
    });
    await index(withOld());
    await openSpaces(withNext());
    await knowledge.runSpaceJobs(withNext());
    const vectors = async (spaceId: string) =>
      (
        await knowledge.deps.db.query(
          `select v.document_id, v.chunk_id, v.scope, v.facet, v.embedding::text from search_vectors v
           join embedding_spaces s on s.key = v.space_key where s.id = $1 order by 1, 2, 3`,
          [spaceId],
        )
      ).rows;
    const { id } = await spaceOf('next');
    const filled = await vectors(id);
    expect(filled.length).toBeGreaterThan(10);
    await knowledge.deps.db.query(
      `update documents set index_state = 'pending', index_requested_at = now() where workspace_id = $1`,
      [workspaceId],
    );
    const { rows } = await knowledge.deps.db.query('select id from documents where workspace_id = $1', [workspaceId]);
    for (const row of rows) await indexDocument(withNext(), { workspaceId, documentId: row.id });
    expect(await vectors(id)).toEqual(filled);
  });

  test('a document that is written while its space fills is in it before it is switched to', async () => {
    await writeAll(3);
    await openSpaces(withNext());
    let written = false;
    next.before = async () => {
      if (written) return;
      written = true;
      await knowledge.write(workspaceId, { title: 'Late', body: 'About lateness.' });
      await knowledge.write(workspaceId, { externalId: 'n0', title: 'Topic 0', body: 'All about novelty.' });
      await index(withNext());
    };
    await knowledge.runSpaceJobs(withNext());
    expect(await spaceOf('next')).toMatchObject({ state: 'active', fill: { documents: 4, total: 4 } });
    expect((await find('novelty')).results[0]).toMatchObject({
      title: 'Topic 0',
      semantic: expect.toSatisfy(isPositive),
    });
    expect((await find('lateness')).results[0]).toMatchObject({
      title: 'Late',
      semantic: expect.toSatisfy(isPositive),
    });
  });

  test('a document that is indexed when its space was full, just before the switch, is in it too', async () => {
    await writeAll(12);
    await openSpaces(withNext());
    let written = false;
    next.before = async (texts) => {
      // of the calibration, after the last batch
      if (written || !texts.includes('Why is the sky blue?')) return;
      written = true;
      await knowledge.write(workspaceId, { title: 'Last', body: 'About the last minute.' });
      await index(withNext());
    };
    await knowledge.runSpaceJobs(withNext());
    expect(written).toBe(true);
    expect(await spaceOf('next')).toMatchObject({ state: 'active', fill: { state: 'done', documents: 13, total: 13 } });
  });

  test('a document that is deleted while its vectors are made leaves nothing in any space', async () => {
    await writeAll(3);
    await openSpaces(withNext());
    const { rows } = await knowledge.deps.db.query('select id from documents where workspace_id = $1 order by id', [
      workspaceId,
    ]);
    next.before = async () => {
      const documentId = rows.shift()?.id;
      if (documentId) await deleteDocument(knowledge.deps, { workspaceId, documentId });
    };
    await knowledge.runSpaceJobs(withNext());
    const left = await knowledge.deps.db.query(
      `select (select count(*)::int from search_vectors where workspace_id = $1) as vectors,
         (select count(*)::int from search_rows where workspace_id = $1) as rows, (select count(*)::int from chunks where workspace_id = $1) as chunks,
         (select count(*)::int from document_terms where workspace_id = $1) as terms, (select count(*)::int from documents where workspace_id = $1) as documents`,
      [workspaceId],
    );
    expect(left.rows[0].documents).toBe(rows.length);
    expect(left.rows[0]).toMatchObject({
      rows: rows.length,
      chunks: rows.length,
      terms: rows.length,
      vectors: 2 * rows.length,
    });
  });
});

describe('a filling that fails', () => {
  const due = async () => {
    await makeDue();
    return (await listDueFillings(knowledge.deps.db, 0, 10)).filter((one) => one.workspaceId === workspaceId);
  };

  test('is tried again later each time, then says why, and goes on from there when it is asked to', async () => {
    await writeAll(3);
    await openSpaces(withNext());
    const { id } = await spaceOf('next');
    next.before = () => {
      throw new AppError('unavailable', { publicMessage: 'The model is away.' });
    };
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      expect(await due()).toHaveLength(1);
      await fillSpace(withNext(), { workspaceId, spaceId: id });
      const { fill } = await spaceOf('next');
      expect(fill.state).toBe(attempt < 6 ? 'pending' : 'failed');
    }
    expect((await spaceOf('next')).fill.error).toBe('The model is away. It was tried 6 times.');
    expect(await due()).toEqual([]);
    expect(await spaceOf('old')).toMatchObject({ state: 'active' });
    next.before = () => undefined;
    knowledge.spaceJobs.length = 0;
    expect(await retryIndex(withNext(), workspaceId)).toEqual({ documents: 0 });
    await knowledge.runSpaceJobs(withNext());
    expect(await spaceOf('next')).toMatchObject({ state: 'active', fill: { state: 'done', documents: 3 } });
  });

  test('that gets on between failures is not given up', async () => {
    await writeAll(120);
    await openSpaces(withNext());
    const { id } = await spaceOf('next');
    let calls = 0;
    next.before = () => {
      calls += 1;
      if (calls % 2 === 0) throw new AppError('unavailable', { publicMessage: 'Away.' });
    };
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await makeDue();
      await fillSpace(withNext(), { workspaceId, spaceId: id });
    }
    expect(await spaceOf('next')).toMatchObject({ fill: { documents: 120 } });
    expect((await spaceOf('next')).fill.state).not.toBe('failed');
  });

  test('by a worker that died is taken over when its lease has ended, not before', async () => {
    await writeAll(3);
    await openSpaces(withNext());
    const { id } = await spaceOf('next');
    await knowledge.deps.db.query(
      `update embedding_spaces set fill_state = 'running', fill_attempt = 1, fill_lease_until = now() + interval '1 hour' where id = $1`,
      [id],
    );
    await fillSpace(withNext(), { workspaceId, spaceId: id });
    expect(await vectorsOf(id)).toBe(0);
    await knowledge.deps.db.query(
      `update embedding_spaces set fill_lease_until = now() - interval '1 second' where id = $1`,
      [id],
    );
    expect((await listDueFillings(knowledge.deps.db, 0, 10)).map((one) => one.spaceId)).toContain(id);
    await Promise.all([
      fillSpace(withNext(), { workspaceId, spaceId: id }),
      fillSpace(withNext(), { workspaceId, spaceId: id }),
    ]);
    expect(await spaceOf('next')).toMatchObject({ state: 'active', fill: { documents: 3 } });
    expect(await vectorsOf(id)).toBe(3);
  });

  test('of a model that gives vectors of another length than its space says so', async () => {
    await writeAll(2);
    await openSpaces(withNext());
    const { id } = await spaceOf('next');
    next.before = () => {
      next.space.dimensions = 48;
    };
    const { fill } = await (async () => {
      await fillSpace(withNext(), { workspaceId, spaceId: id });
      return spaceOf('next');
    })();
    expect(fill).toMatchObject({ state: 'failed', error: expect.stringMatching(/48 numbers, where its space has 32/) });
  });
});

describe('a switch', () => {
  async function switched(count = 3) {
    await writeAll(count);
    await openSpaces(withNext());
    await knowledge.runSpaceJobs(withNext());
    return { oldSpace: await spaceOf('old'), nextSpace: await spaceOf('next') };
  }

  test('is undone at once, stays undone at the next start, and what was written meanwhile is filled', async () => {
    const { oldSpace } = await switched();
    await knowledge.write(workspaceId, { title: 'Later', body: 'Written after the switch.' });
    await index(withNext());
    await activateSpace(withNext(), { workspaceId, spaceId: oldSpace.id });
    expect(await spaceOf('old')).toMatchObject({ state: 'active', fill: { state: 'pending', documents: 3, total: 4 } });
    const later = async () =>
      (await find('later written after the switch')).results.find((result) => result.title === 'Later');
    expect(await later()).toMatchObject({ semantic: 0 });
    await openSpaces(withNext());
    await knowledge.runSpaceJobs(withNext());
    expect(await spaceOf('old')).toMatchObject({ state: 'active', fill: { state: 'done', documents: 4 } });
    expect(await spaceOf('next')).toMatchObject({ state: 'kept', configured: true });
    expect(await later()).toMatchObject({ semantic: expect.toSatisfy(isPositive) });
  });

  test('done twice, or by two at once, is as done once', async () => {
    const { oldSpace, nextSpace } = await switched();
    const activatedAt = nextSpace.activatedAt;
    await activateSpace(withNext(), { workspaceId, spaceId: nextSpace.id });
    expect((await spaceOf('next')).activatedAt).toBe(activatedAt);
    await Promise.all([
      activateSpace(withNext(), { workspaceId, spaceId: oldSpace.id }),
      activateSpace(withNext(), { workspaceId, spaceId: oldSpace.id }),
      activateSpace(withNext(), { workspaceId, spaceId: nextSpace.id }),
    ]);
    expect((await health()).spaces.filter((space) => space.state === 'active')).toHaveLength(1);
  });

  test('to a space that lacks documents is refused, unless it is forced', async () => {
    await writeAll(3);
    await openSpaces(withNext());
    const { id } = await spaceOf('next');
    await expect(activateSpace(withNext(), { workspaceId, spaceId: id })).rejects.toMatchObject({
      code: 'transition_not_allowed',
      publicMessage: expect.stringContaining('does not have the vectors of all documents yet'),
    });
    await activateSpace(withNext(), { workspaceId, spaceId: id, force: true });
    expect(await spaceOf('next')).toMatchObject({ state: 'active' });
    expect((await find('word1')).results[0]).toMatchObject({ title: 'Topic 1', semantic: 0 });
    await knowledge.runSpaceJobs(withNext());
    expect((await find('word1')).results[0]).toMatchObject({
      title: 'Topic 1',
      semantic: expect.toSatisfy(isPositive),
    });
  });

  test('a space that does not switch itself waits until somebody does', async () => {
    await writeAll(3);
    await openSpaces(withNext());
    const { id } = await spaceOf('next');
    await knowledge.deps.db.query('update embedding_spaces set switches_itself = false where id = $1', [id]);
    await knowledge.runSpaceJobs(withNext());
    expect(await spaceOf('next')).toMatchObject({ state: 'filling', fill: { state: 'done', documents: 3 } });
    await knowledge.write(workspaceId, { title: 'Later', body: 'Written when it was full.' });
    await index(withNext());
    expect(await spaceOf('next')).toMatchObject({ fill: { state: 'pending', documents: 3, total: 4 } });
    await makeDue();
    await fillSpace(withNext(), { workspaceId, spaceId: id });
    await activateSpace(withNext(), { workspaceId, spaceId: id });
    expect(await spaceOf('next')).toMatchObject({ state: 'active', fill: { state: 'done', documents: 4 } });
  });

  test('while documents are indexed leaves none of them without its vector', async () => {
    const { oldSpace, nextSpace } = await switched();
    const moves = [oldSpace.id, nextSpace.id, oldSpace.id];
    for (const encoder of [old, next]) {
      encoder.before = async (texts) => {
        const spaceId = texts.some((text) => text.includes('moving')) ? moves.shift() : undefined;
        if (spaceId) await activateSpace(withNext(), { workspaceId, spaceId });
      };
    }
    await knowledge.write(workspaceId, { title: 'Moving', body: 'A moving text.' });
    await index(withNext());
    await makeDue();
    await knowledge.runSpaceJobs(withNext());
    for (const due of await listDueFillings(knowledge.deps.db, 0, 10)) await fillSpace(withNext(), due);
    const active = (await health()).spaces.find((space) => space.state === 'active');
    expect(active?.fill).toMatchObject({ state: 'done', documents: 4, total: 4 });
  });
});

describe('a model that cannot be used here', () => {
  test('leaves search and indexing to the words, says so, and is filled when it can be used again', async () => {
    await writeAll(3);
    await knowledge.write(workspaceId, { title: 'Keyless', body: 'Written without a key.' });
    await index(withoutOld());
    expect((await find('keyless', withoutOld())).results[0]).toMatchObject({ title: 'Keyless', semantic: 0 });
    await makeDue();
    const { id } = await spaceOf('old');
    await fillSpace(withoutOld(), { workspaceId, spaceId: id });
    expect(await spaceOf('old', withoutOld())).toMatchObject({
      usable: false,
      fill: { state: 'failed', documents: 3, total: 4, error: expect.stringContaining('test:old cannot be used here') },
    });
    await openSpaces(withOld());
    await knowledge.runSpaceJobs(withOld());
    expect(await spaceOf('old', withOld())).toMatchObject({
      usable: true,
      fill: { state: 'done', documents: 4, error: null },
    });
  });
});

describe('a deleted space', () => {
  test('is gone at once with its vectors, and the active one cannot be deleted', async () => {
    await writeAll(3);
    await openSpaces(withNext());
    await knowledge.runSpaceJobs(withNext());
    const { id } = await spaceOf('old');
    await expect(deleteSpace(withNext(), { workspaceId, spaceId: (await spaceOf('next')).id })).rejects.toMatchObject({
      code: 'transition_not_allowed',
    });
    await deleteSpace(withNext(), { workspaceId, spaceId: id });
    expect((await health()).spaces.map((space) => space.model)).toEqual(['test:next']);
    await expect(activateSpace(withNext(), { workspaceId, spaceId: id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(fillSpaceAgain(withNext(), { workspaceId, spaceId: id })).rejects.toMatchObject({ code: 'not_found' });
    await knowledge.runSpaceJobs(withNext());
    expect(await vectorsOf(id)).toBe(0);
    const left = await knowledge.deps.db.query('select from embedding_spaces where id = $1', [id]);
    expect(left.rowCount).toBe(0);
  });

  test('is not written to by a filling that was under way', async () => {
    await writeAll(3);
    await openSpaces(withNext());
    const { id } = await spaceOf('next');
    next.before = () => deleteSpace(withNext(), { workspaceId, spaceId: id });
    await fillSpace(withNext(), { workspaceId, spaceId: id });
    expect(await vectorsOf(id)).toBe(0);
    await knowledge.runSpaceJobs(withNext());
    expect((await health()).spaces.map((space) => space.state)).toEqual(['active']);
  });
});

test('the health of an index tells what waits, what is stuck and what failed', async () => {
  await writeAll(2);
  const stuck = await knowledge.write(workspaceId, { title: 'Stuck', body: 'A worker died with it.' });
  await knowledge.write(workspaceId, { title: 'Waiting', body: 'Its job is lost.' });
  const failed = await knowledge.write(workspaceId, { title: 'Failed', body: 'Nothing can read it.' });
  const { db } = knowledge.deps;
  await db.query(
    `update documents set index_state = 'running', index_attempt = 1, index_lease_until = now() - interval '1 minute',
       index_requested_at = '2026-01-02T03:04:05Z' where id = $1`,
    [stuck.document.id],
  );
  await db.query(
    `update documents set index_state = 'failed', index_error = 'Unreadable.', index_attempt = 3 where id = $1`,
    [failed.document.id],
  );
  expect(await health(withOld())).toMatchObject({
    documents: {
      pending: 1,
      running: 1,
      done: 2,
      failed: 1,
      oldestDueAt: '2026-01-02T03:04:05.000Z',
      donePerMinute: 2,
    },
    failures: [{ documentId: failed.document.id, title: 'Failed', error: 'Unreadable.', attempts: 3 }],
  });
  knowledge.jobs.length = 0;
  expect(await retryIndex(withOld(), workspaceId)).toEqual({ documents: 1 });
  expect(knowledge.jobs).toEqual([{ workspaceId, documentId: failed.document.id }]);
  await index(withOld());
  expect(await health(withOld())).toMatchObject({
    documents: { pending: 0, running: 0, done: 5, failed: 0, oldestDueAt: null },
    failures: [],
  });
});
