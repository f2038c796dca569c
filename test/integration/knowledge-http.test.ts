import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Document, DocumentWithBody, SearchResult } from '../../protocol/knowledge.ts';
import { createRestClient } from '../support/rest-client.ts';
import { apiKey, startParley, type TestParley } from '../support/start-parley.ts';
import { until } from '../support/until.ts';
import { uploadFile } from '../support/upload-file.ts';

let parley: TestParley;
let rest: ReturnType<typeof createRestClient>;
beforeAll(async () => {
  parley = await startParley();
  rest = createRestClient(parley.url);
}, 60_000);
afterAll(() => parley.stop());

type Problem = { code: string; detail: string };
const indexed = (id: string) =>
  until(`document ${id} is indexed`, async () => {
    const { body } = await rest.get<Document>(`/documents/${id}`);
    return body.index.state === 'done' || body.index.state === 'failed' ? body : undefined;
  });

const upload = <Body = Document>(name: string, content: string, fields?: Record<string, string>) =>
  uploadFile<Body>(parley.url, name, content, fields);

test('the life of a document over REST', async () => {
  const made = await rest.post<Document>('/documents', {
    externalId: 'returns',
    title: 'Returns',
    body: 'Boots go back within thirty days.',
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    externalId: 'returns',
    status: 'published',
    version: 1,
    audience: 'public',
    locale: 'en',
  });
  const { id } = made.body;
  expect(await indexed(id)).toMatchObject({ index: { state: 'done', chunks: 1 } });
  const found = await rest.post<{ results: SearchResult[] }>('/search', { query: 'return boots' });
  expect(found.status).toBe(200);
  expect(found.body.results[0]).toMatchObject({ documentId: id, externalId: 'returns', title: 'Returns' });

  const replaced = await rest.post<Document>('/documents', {
    externalId: 'returns',
    title: 'Returns',
    body: 'Now sixty days.',
  });
  expect(replaced).toMatchObject({ status: 200, body: { id, version: 2 } });
  await indexed(id);
  expect((await rest.get<DocumentWithBody>(`/documents/${id}`)).body.body).toBe('Now sixty days.');

  const patched = await rest.patch<Document>(`/documents/${id}`, { audience: 'internal' });
  expect(patched).toMatchObject({ status: 200, body: { audience: 'internal', version: 2 } });
  const hidden = await rest.post<{ results: SearchResult[] }>('/search', { query: 'sixty days', audience: 'public' });
  expect(hidden.body.results.map((result) => result.documentId)).not.toContain(id);

  expect((await rest.post<Document>(`/documents/${id}/reindex`)).status).toBe(202);
  await indexed(id);
  expect((await rest.delete(`/documents/${id}`)).status).toBe(204);
  expect((await rest.get(`/documents/${id}`)).status).toBe(404);
  const gone = await rest.post<{ results: SearchResult[] }>('/search', { query: 'sixty days' });
  expect(gone.body.results.map((result) => result.documentId)).not.toContain(id);
});

test('a batch is taken whole, in its order, and indexed', async () => {
  const documents = ['Tents', 'Stoves', 'Maps'].map((title) => ({
    externalId: title,
    title,
    body: `All about ${title}.`,
  }));
  const { status, body } = await rest.post<{ data: Document[] }>('/documents/batch', { documents });
  expect(status).toBe(202);
  expect(body.data.map((document) => document.externalId)).toEqual(['Tents', 'Stoves', 'Maps']);
  for (const { id } of body.data) expect((await indexed(id)).index.state).toBe('done');
  const listed = await rest.get<{ data: Document[]; page: { hasMore: boolean } }>('/documents?limit=2');
  expect(listed.body.data).toHaveLength(2);
  expect(listed.body.page.hasMore).toBe(true);
});

describe('uploads', () => {
  test('a file is taken, read and found, with the fields that came with it', async () => {
    const taken = await upload('sizes.md', '# Sizes\n\nOur sweaters run small.', {
      locale: 'en',
      externalId: 'sizes',
      title: '',
    });
    expect(taken).toMatchObject({
      status: 202,
      body: { title: 'sizes', externalId: 'sizes', index: { state: 'pending' } },
    });
    expect((await indexed(taken.body.id)).index.state).toBe('done');
  });

  test.each([
    ['an unknown type', 'a.exe', 'MZ', {}, 415, /not taken/],
    ['an unreadable file', 'a.pdf', 'no pdf', {}, 422, /not a PDF/],
    ['an empty file', 'a.txt', '', {}, 422, /empty/],
    ['too large a file', 'a.txt', 'x'.repeat(20 * 1024 * 1024 + 1), {}, 413, /at most 20 MB/],
    ['a field that does not fit', 'a.txt', 'text', { audience: 'everybody' }, 422, /./],
  ])('%s is refused with the reason', async (_name, name, content, fields, status, detail) => {
    const refused = await upload<Problem>(name, content, fields);
    expect(refused.status).toBe(status);
    expect(refused.body.detail).toMatch(detail);
  });

  test('a form without a file is refused', async () => {
    const response = await fetch(`${parley.url}/api/v1/documents/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}` },
      body: new URLSearchParams({ title: 'x' }),
    });
    expect(response.status).toBe(422);
  });
});

test('what does not fit is refused, and who is not signed in sees nothing', async () => {
  const invalid = await rest.post<Problem>('/documents', { title: ' ', body: '' });
  expect(invalid).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
  const nobody = createRestClient(parley.url, 'pk_live_wrong_wrong_wrong_wrong');
  for (const { status } of [
    await nobody.get('/documents'),
    await nobody.post('/documents', { title: 'x', body: 'y' }),
    await nobody.post('/search', { query: 'x' }),
  ]) {
    expect(status).toBe(401);
  }
  const missing = '019abcde-0000-7000-8000-000000000000';
  expect((await rest.patch(`/documents/${missing}`, { title: 'x' })).status).toBe(404);
  expect((await rest.delete(`/documents/${missing}`)).status).toBe(404);
  expect((await rest.post(`/documents/${missing}/reindex`)).status).toBe(404);
});

test('search explains itself when asked to, and says what its confidence means', async () => {
  type Found = { results: SearchResult[]; outlook?: string };
  const plain = await rest.post<Found>('/search', { query: 'about tents' });
  expect(plain.body.outlook).toBeUndefined();
  const explained = await rest.post<Found>('/search', { query: 'about tents', explain: true });
  expect(explained.body.outlook).toMatch(/^(likely|possible|unlikely)$/);
  expect(explained.body.results[0]).toMatchObject({
    title: 'Tents',
    explanation: { lexicalRank: 1, matched: [{ word: 'tents', in: ['title', 'text'], forms: ['tents'] }] },
  });
  expect((await rest.post('/search', { query: 'tents', explain: 'yes' })).status).toBe(422);
});
