import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DocumentWithBody, UploadedDocument } from '../../protocol/knowledge.ts';
import { newId } from '../../server/ids.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';
import { startParley, type TestParley } from '../support/start-parley.ts';
import { until } from '../support/until.ts';
import { uploadFile } from '../support/upload-file.ts';

let parley: TestParley;
let rest: RestClient;
beforeAll(async () => {
  parley = await startParley();
  rest = createRestClient(parley.url);
}, 60_000);
afterAll(() => parley.stop());

type Refusal = { code: string; detail: string; document?: { id: string } };

const upload = <Body = UploadedDocument>(name: string, content: string, fields?: Record<string, string>) =>
  uploadFile<Body>(parley.url, name, content, fields);

const read = async (id: string) => (await rest.get<DocumentWithBody>(`/documents/${id}`)).body;
const ended = (id: string) =>
  until(`document ${id} has been read`, async () => {
    const document = await read(id);
    return ['done', 'failed'].includes(document.index.state) && document;
  });
const count = async () => {
  const { rows } = await parley.deps.db.query<{ count: number }>('select count(*)::int from documents');
  return rows[0]?.count;
};

test('the same file again is answered with the document that holds it, and nothing is added', async () => {
  const first = await upload('heron.txt', 'Herons pay half.');
  expect(first).toMatchObject({ status: 202, body: { duplicate: false, version: 1 } });
  const before = await count();
  expect(await upload('heron.txt', 'Herons pay half.')).toMatchObject({
    status: 202,
    body: { id: first.body.id, duplicate: true, version: 1 },
  });
  expect(await count()).toBe(before);
});

test('of the same file sent twice at once one document is made', async () => {
  const [one, other] = await Promise.all([upload('ibis.txt', 'Ibises.'), upload('ibis.txt', 'Ibises.')]);
  expect(one.body.id).toBe(other.body.id);
  expect([one.body.duplicate, other.body.duplicate].toSorted()).toEqual([false, true]);
});

test('a field that says otherwise makes another document of the same file, one that is left out does not', async () => {
  const plain = await upload('stork.txt', 'Storks.');
  await rest.patch(`/documents/${plain.body.id}`, { audience: 'internal' });
  expect((await upload('stork.txt', 'Storks.')).body.id).toBe(plain.body.id);
  const others: Record<string, string>[] = [
    { audience: 'public' },
    { locale: 'de' },
    { status: 'draft' },
    { title: 'Storks' },
  ];
  for (const fields of others) {
    const { body } = await upload('stork.txt', 'Storks.', fields);
    expect(body).toMatchObject({ ...fields, duplicate: false });
    expect((await upload('stork.txt', 'Storks.', fields)).body).toMatchObject({ id: body.id, duplicate: true });
  }
});

test('the same file again is read again where reading it failed', async () => {
  const { body } = await upload('scan.html', '<script>nothing to read</script>');
  expect((await ended(body.id)).index.state).toBe('failed');
  const again = await upload('scan.html', '<script>nothing to read</script>');
  expect(again.body).toMatchObject({ id: body.id, duplicate: true, index: { state: 'pending' } });
  await ended(body.id);
});

test('the same name with other content is another document, or refused with the one that has the name', async () => {
  const first = await upload('crane.txt', 'Cranes, edition one.');
  const before = await count();
  expect(await upload<Refusal>('crane.txt', 'Cranes, edition two.', { ifNameTaken: 'refuse' })).toMatchObject({
    status: 409,
    body: { code: 'conflict', document: { id: first.body.id } },
  });
  expect(await count()).toBe(before);
  const second = await upload('crane.txt', 'Cranes, edition two.');
  expect(second).toMatchObject({ status: 202, body: { duplicate: false } });
  expect(second.body.id).not.toBe(first.body.id);
});

test('a file replaces the document that is named, which keeps what no field says', async () => {
  const first = await upload('rail.txt', 'Rails, edition one.', {
    title: 'Rails',
    audience: 'internal',
    locale: 'en-GB',
  });
  const { id } = first.body;
  const second = await upload('rail-2.txt', 'Rails, edition two.', { replaces: id, status: 'draft' });
  expect(second).toMatchObject({
    status: 202,
    body: { id, version: 2, duplicate: false, title: 'Rails', audience: 'internal', locale: 'en-GB', status: 'draft' },
  });
  expect(await ended(id)).toMatchObject({ body: 'Rails, edition two.', fileName: 'rail-2.txt' });
  // the old file is no longer what the document holds
  expect((await upload('rail.txt', 'Rails, edition one.')).body).toMatchObject({ duplicate: false });
});

test('what a file cannot replace is refused', async () => {
  const { body: article } = await rest.post<{ id: string }>('/documents', { title: 'Auks', body: 'Auks.' });
  expect((await upload<Refusal>('auk.txt', 'Auks.', { replaces: article.id })).status).toBe(409);
  expect((await upload<Refusal>('auk.txt', 'Auks.', { replaces: newId() })).status).toBe(404);
  const twice = { replaces: article.id, externalId: 'auk' };
  expect((await upload<Refusal>('auk.txt', 'Auks.', twice)).status).toBe(422);
});

test('a file of another workspace is neither found nor replaced', async () => {
  const [workspaceId, foreign] = [newId(), newId()];
  const { db } = parley.deps;
  await db.query('insert into workspaces (id, name) values ($1, $2)', [workspaceId, 'Other']);
  await db.query(
    `insert into documents (workspace_id, id, kind, title, locale, audience, status)
     values ($1, $2, 'file', 'Petrels', 'en', 'public', 'published')`,
    [workspaceId, foreign],
  );
  await db.query(
    `insert into document_versions (workspace_id, document_id, version, title, format) values ($1, $2, 1, 'Petrels', 'text')`,
    [workspaceId, foreign],
  );
  await db.query(
    `insert into document_files (workspace_id, document_id, version, file_name, media_type, bytes)
     values ($1, $2, 1, 'petrel.txt', 'text/plain', 'Petrels.')`,
    [workspaceId, foreign],
  );
  const ours = await upload('petrel.txt', 'Petrels.', { ifNameTaken: 'refuse' });
  expect(ours).toMatchObject({ status: 202, body: { duplicate: false } });
  expect((await upload<Refusal>('petrel.txt', 'Other petrels.', { replaces: foreign })).status).toBe(404);
});
