import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../server/errors.ts';
import { deleteDocument } from '../../server/knowledge/documents.ts';
import { retryIndex } from '../../server/knowledge/index-health.ts';
import { listDueFillings } from '../../server/knowledge/space-queries.ts';
import { openSpaces } from '../../server/knowledge/spaces.ts';
import { indexDocument } from '../../workers/index-document.ts';
import { isPositive, ModelChange } from '../support/model-change.ts';
import { createWordEncoder, encodersOf } from '../support/word-encoder.ts';

const spaces = new ModelChange();
beforeAll(() => spaces.start(), 60_000);
afterAll(() => spaces.stop());
beforeEach(() => spaces.begin());

describe('a new model', () => {
  test('fills a space of its own while the old one is searched, then is switched to, and the old one is kept', async () => {
    await spaces.writeAll(12);
    await openSpaces(spaces.withNext());
    expect(await spaces.spaceOf('old')).toMatchObject({ state: 'active', configured: false, usable: true });
    expect(await spaces.spaceOf('next')).toMatchObject({
      state: 'filling',
      configured: true,
      fill: { state: 'pending', documents: 0, total: 12 },
    });
    const during = await spaces.find('word3');
    expect(during.results[0]).toMatchObject({ title: 'Topic 3', semantic: expect.toSatisfy(isPositive) });
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    expect(await spaces.spaceOf('next')).toMatchObject({
      state: 'active',
      fill: { state: 'done', documents: 12, total: 12, documentsPerMinute: null, etaSeconds: null },
      vectors: { total: 12, index: 'exact', waiting: 0 },
      activatedAt: expect.any(String),
    });
    expect(await spaces.spaceOf('old')).toMatchObject({ state: 'kept', fill: { documents: 12 } });
    const { rows } = await spaces.knowledge.deps.db.query(
      `select calibration is not null as calibrated, (select sum(vectors)::int from search_facets where workspace_id = $1) as counted
       from embedding_spaces where workspace_id = $1 and state = 'active'`,
      [spaces.workspaceId],
    );
    expect(rows).toEqual([{ calibrated: true, counted: 12 }]);
    expect((await spaces.find('word3')).results[0]).toMatchObject({
      title: 'Topic 3',
      semantic: expect.toSatisfy(isPositive),
    });
  });

  test('gets no second space when another process opens it too, or at the next start', async () => {
    await spaces.writeAll(2);
    await Promise.all([openSpaces(spaces.withNext()), openSpaces(spaces.withNext())]);
    await openSpaces(spaces.withNext());
    expect((await spaces.health()).spaces).toHaveLength(2);
  });

  test('tells its length by a first vector where it is not known', async () => {
    await spaces.writeAll(2);
    const unknown = createWordEncoder('unknown', 0);
    const embed = createWordEncoder('unknown', 40).embed;
    unknown.embed = async (texts, kind) => {
      unknown.space.dimensions = 40;
      return embed(texts, kind);
    };
    const as = { ...spaces.knowledge.deps, ...encodersOf(unknown, spaces.old) };
    await openSpaces(as);
    await spaces.knowledge.runSpaceJobs(as);
    expect(await spaces.spaceOf('unknown', as)).toMatchObject({
      state: 'active',
      dimensions: 40,
      fill: { documents: 2 },
    });
  });

  test('vectors of a filled space are those that indexing would have written', async () => {
    const long = Array.from(
      { length: 60 },
      (_, at) => `## Part ${at}\n\nHere [part ${at}](https://x.example) has *much* to say. ${'More. '.repeat(30)}`,
    );
    await spaces.write({ title: 'Long', body: long.join('\n\n') });
    await spaces.write({
      title: 'HTML',
      format: 'html',
      body: '<h1>Heading</h1><p>A <b>bold</b> text.</p>',
    });
    await spaces.index(spaces.withOld());
    await openSpaces(spaces.withNext());
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    const vectors = async (spaceId: string) =>
      (
        await spaces.knowledge.deps.db.query(
          `select v.document_id, v.chunk_id, v.scope, v.facet, v.embedding::text from search_vectors v
           join embedding_spaces s on s.key = v.space_key where s.id = $1 order by 1, 2, 3`,
          [spaceId],
        )
      ).rows;
    const { id } = await spaces.spaceOf('next');
    const filled = await vectors(id);
    expect(filled.length).toBeGreaterThan(10);
    await spaces.knowledge.deps.db.query(
      `update documents set index_state = 'pending', index_requested_at = now() where workspace_id = $1`,
      [spaces.workspaceId],
    );
    const { rows } = await spaces.knowledge.deps.db.query('select id from documents where workspace_id = $1', [
      spaces.workspaceId,
    ]);
    for (const row of rows)
      await indexDocument(spaces.withNext(), { workspaceId: spaces.workspaceId, documentId: row.id });
    expect(await vectors(id)).toEqual(filled);
  });

  test('a document that is written while its space fills is in it before it is switched to', async () => {
    await spaces.writeAll(3);
    await openSpaces(spaces.withNext());
    let written = false;
    spaces.next.before = async () => {
      if (written) return;
      written = true;
      await spaces.write({ title: 'Late', body: 'About lateness.' });
      await spaces.write({ externalId: 'n0', title: 'Topic 0', body: 'All about novelty.' });
      await spaces.index(spaces.withNext());
    };
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    expect(await spaces.spaceOf('next')).toMatchObject({ state: 'active', fill: { documents: 4, total: 4 } });
    expect((await spaces.find('novelty')).results[0]).toMatchObject({
      title: 'Topic 0',
      semantic: expect.toSatisfy(isPositive),
    });
    expect((await spaces.find('lateness')).results[0]).toMatchObject({
      title: 'Late',
      semantic: expect.toSatisfy(isPositive),
    });
  });

  test('a document that is indexed when its space was full, just before the switch, is in it too', async () => {
    await spaces.writeAll(12);
    await openSpaces(spaces.withNext());
    let written = false;
    spaces.next.before = async (texts) => {
      // of the calibration, after the last batch
      if (written || !texts.includes('Why is the sky blue?')) return;
      written = true;
      await spaces.write({ title: 'Last', body: 'About the last minute.' });
      await spaces.index(spaces.withNext());
    };
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    expect(written).toBe(true);
    expect(await spaces.spaceOf('next')).toMatchObject({
      state: 'active',
      fill: { state: 'done', documents: 13, total: 13 },
    });
  });

  test('a document that is deleted while its vectors are made leaves nothing in any space', async () => {
    await spaces.writeAll(3);
    await openSpaces(spaces.withNext());
    const { rows } = await spaces.knowledge.deps.db.query(
      'select id from documents where workspace_id = $1 order by id',
      [spaces.workspaceId],
    );
    spaces.next.before = async () => {
      const documentId = rows.shift()?.id;
      if (documentId) await deleteDocument(spaces.knowledge.deps, { workspaceId: spaces.workspaceId, documentId });
    };
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    const left = await spaces.knowledge.deps.db.query(
      `select (select count(*)::int from search_vectors where workspace_id = $1) as vectors,
         (select count(*)::int from search_rows where workspace_id = $1) as rows,
         (select count(*)::int from chunks where workspace_id = $1) as chunks,
         (select count(*)::int from document_terms where workspace_id = $1) as terms,
         (select count(*)::int from documents where workspace_id = $1) as documents`,
      [spaces.workspaceId],
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
    await spaces.makeDue();
    return (await listDueFillings(spaces.knowledge.deps.db, 0, 10)).filter(
      (one) => one.workspaceId === spaces.workspaceId,
    );
  };

  test('is tried again later each time, then says why, and goes on from there when it is asked to', async () => {
    await spaces.writeAll(3);
    await openSpaces(spaces.withNext());
    const { id } = await spaces.spaceOf('next');
    spaces.next.before = () => {
      throw new AppError('unavailable', { publicMessage: 'The model is away.' });
    };
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      expect(await due()).toHaveLength(1);
      await spaces.fill(id);
      const { fill } = await spaces.spaceOf('next');
      expect(fill.state).toBe(attempt < 6 ? 'pending' : 'failed');
    }
    expect((await spaces.spaceOf('next')).fill.error).toBe('The model is away. It was tried 6 times.');
    expect(await due()).toEqual([]);
    expect(await spaces.spaceOf('old')).toMatchObject({ state: 'active' });
    spaces.next.before = () => undefined;
    spaces.knowledge.spaceJobs.length = 0;
    expect(await retryIndex(spaces.withNext(), spaces.workspaceId)).toEqual({ documents: 0 });
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    expect(await spaces.spaceOf('next')).toMatchObject({ state: 'active', fill: { state: 'done', documents: 3 } });
  });

  test('that gets on between failures is not given up', async () => {
    await spaces.writeAll(120);
    await openSpaces(spaces.withNext());
    const { id } = await spaces.spaceOf('next');
    let calls = 0;
    spaces.next.before = () => {
      calls += 1;
      if (calls % 2 === 0) throw new AppError('unavailable', { publicMessage: 'Away.' });
    };
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await spaces.makeDue();
      await spaces.fill(id);
    }
    expect(await spaces.spaceOf('next')).toMatchObject({ fill: { documents: 120 } });
    expect((await spaces.spaceOf('next')).fill.state).not.toBe('failed');
  });

  test('that is stopped with its process is in line again at once, with what it has got to', async () => {
    await spaces.writeAll(120);
    await openSpaces(spaces.withNext());
    spaces.knowledge.spaceJobs.length = 0;
    const { id } = await spaces.spaceOf('next');
    const stop = new AbortController();
    let calls = 0;
    spaces.next.before = () => {
      calls += 1;
      if (calls === 2) stop.abort(new Error('the process stops'));
    };
    await spaces.fill(id, spaces.withNext(), stop.signal);
    const { fill } = await spaces.spaceOf('next');
    expect(fill).toMatchObject({ state: 'pending', error: null });
    expect(fill.documents).toBeGreaterThan(0);
    expect(fill.documents).toBeLessThan(120);
    expect(spaces.knowledge.spaceJobs).toHaveLength(1);
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    expect(await spaces.spaceOf('next')).toMatchObject({ state: 'active', fill: { documents: 120 } });
  });

  test('by a worker that died is taken over when its lease has ended, not before', async () => {
    await spaces.writeAll(3);
    await openSpaces(spaces.withNext());
    const { id } = await spaces.spaceOf('next');
    await spaces.knowledge.deps.db.query(
      `update embedding_spaces set fill_state = 'running', fill_attempt = 1, fill_lease_until = now() + interval '1 hour' where id = $1`,
      [id],
    );
    await spaces.fill(id);
    expect(await spaces.countVectors(id)).toBe(0);
    await spaces.knowledge.deps.db.query(
      `update embedding_spaces set fill_lease_until = now() - interval '1 second' where id = $1`,
      [id],
    );
    expect((await listDueFillings(spaces.knowledge.deps.db, 0, 10)).map((one) => one.spaceId)).toContain(id);
    await Promise.all([spaces.fill(id), spaces.fill(id)]);
    expect(await spaces.spaceOf('next')).toMatchObject({ state: 'active', fill: { documents: 3 } });
    expect(await spaces.countVectors(id)).toBe(3);
  });

  test('of a model that gives vectors of another length than its space says so', async () => {
    await spaces.writeAll(2);
    await openSpaces(spaces.withNext());
    const { id } = await spaces.spaceOf('next');
    spaces.next.before = () => {
      spaces.next.space.dimensions = 48;
    };
    const { fill } = await (async () => {
      await spaces.fill(id);
      return spaces.spaceOf('next');
    })();
    expect(fill).toMatchObject({ state: 'failed', error: expect.stringMatching(/48 numbers, where its space has 32/) });
  });
});

describe('a model that cannot be used here', () => {
  test('leaves search and indexing to the words, says so, and is filled when it can be used again', async () => {
    await spaces.writeAll(3);
    await spaces.write({ title: 'Keyless', body: 'Written without a key.' });
    await spaces.index(spaces.withoutOld());
    expect((await spaces.find('keyless', spaces.withoutOld())).results[0]).toMatchObject({
      title: 'Keyless',
      semantic: 0,
    });
    await spaces.makeDue();
    const { id } = await spaces.spaceOf('old');
    await spaces.fill(id, spaces.withoutOld());
    expect(await spaces.spaceOf('old', spaces.withoutOld())).toMatchObject({
      usable: false,
      fill: { state: 'failed', documents: 3, total: 4, error: expect.stringContaining('test:old cannot be used here') },
    });
    await openSpaces(spaces.withOld());
    await spaces.knowledge.runSpaceJobs(spaces.withOld());
    expect(await spaces.spaceOf('old', spaces.withOld())).toMatchObject({
      usable: true,
      fill: { state: 'done', documents: 4, error: null },
    });
  });
});
