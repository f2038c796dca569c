import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uploadFields } from '../../protocol/knowledge.ts';
import { getDocument, patchDocument } from '../../server/knowledge/documents.ts';
import { prepareDocument } from '../../server/knowledge/prepare-document.ts';
import { uploadDocument } from '../../server/knowledge/upload-document.ts';
import { startKnowledge } from '../support/knowledge-fixture.ts';
import { makeDocx, makePdf } from '../support/make-files.ts';

let knowledge: Awaited<ReturnType<typeof startKnowledge>>;
let workspaceId: string;
beforeAll(async () => {
  knowledge = await startKnowledge();
  workspaceId = await knowledge.createWorkspace();
}, 60_000);
afterAll(() => knowledge.stop());

const upload = (name: string, content: string | Buffer, fields: Record<string, string> = {}) =>
  uploadDocument(knowledge.deps, {
    workspaceId,
    file: { name, bytes: new Uint8Array(Buffer.from(content)) },
    fields: uploadFields.parse(fields),
  });

async function uploadAndIndex(name: string, content: string | Buffer) {
  const { document } = await upload(name, content);
  expect(document).toMatchObject({ kind: 'file', index: { state: 'pending' } });
  await knowledge.runJobs();
  return getDocument(knowledge.deps, { workspaceId, documentId: document.id });
}

describe('a file of each type is read, and what it says is found', () => {
  test.each([
    ['walrus.pdf', makePdf(['The walrus policy says:', 'walruses ride free on Tuesdays.']), /walruses ride free/],
    [
      'heron.docx',
      makeDocx('Herons', ['The heron policy: herons pay half.']),
      /^The heron policy: herons pay half\.$/,
      'Herons',
    ],
    ['lynx.md', '# Lynx\n\nThe lynx **policy** is secret.', /^The lynx \*\*policy\*\*/, 'Lynx'],
    [
      'otter.html',
      '<script>alert(1)</script><h1>Otter</h1><p>The otter policy is <b>wet</b>.',
      /^The otter policy is \*\*wet\*\*\.$/,
      'Otter',
    ],
    ['badger.txt', 'The badger policy\r\n# is not a heading', /\\# is not a heading/],
    [
      'stoat.csv',
      'Question,Answer\n"What is the stoat policy?","Stoats, only\nin summer."\n',
      /\*\*Question:\*\* What is the stoat policy\?/,
    ],
    ['marten.txt', Buffer.from('Die Marder-Richtlinie: Türen schließen', 'latin1'), /Türen schließen/],
    ['sable.txt', Buffer.from('\ufeffThe sable policy', 'utf16le'), /^The sable policy$/],
  ])('%s', async (name, content, body, title = name.replace(/\..*/, '')) => {
    const document = await uploadAndIndex(name, content);
    expect(document.title).toBe(title);
    expect(document.index).toMatchObject({ state: 'done', chunks: 1 });
    expect(document.body).toMatch(body);
    expect(document.fileName).toBe(name);
    const { results } = await knowledge.find(workspaceId, `${name.replace(/\..*/, '')} policy`);
    expect(results[0]?.documentId).toBe(document.id);
  });
});

describe('a file that cannot be read is failed with a reason for people', () => {
  test.each([
    ['a PDF without text', 'scan.pdf', makePdf([]), /holds no text.*scan/],
    ['a PDF cut short', 'cut.pdf', makePdf(['Hello']).subarray(0, 60), /PDF is damaged/],
    ['a PDF of noise', 'noise.pdf', Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5_000, 'zx9')]), /PDF/],
    ['a Word file cut short', 'cut.docx', makeDocx('Cut', ['Text']).subarray(0, 700), /Word document is damaged/],
    ['a Word file without text', 'blank.docx', makeDocx('', []), /no text/],
    ['a page of scripts', 'scripts.html', '<script>let x = 1</script><style>p {}</style>', /no text/],
    ['blank text', 'blank.txt', ' \n \n', /no text/],
    ['a CSV with an open quote', 'open.csv', 'a,b\n"never closed,1\n2,3\n', /CSV cannot be read/],
  ])('%s', async (_name, fileName, content, reason) => {
    const document = await uploadAndIndex(fileName, content);
    expect(document.index).toMatchObject({ state: 'failed', error: expect.stringMatching(reason) });
    expect(document.index.error).not.toMatch(/\bat \/|Error:|undefined/);
  });

  test('a page nested without end is given up in time, and the next document is read', async () => {
    const source = { format: 'html' as const, text: `${'<div>'.repeat(100_000)}deep` };
    const hostile = prepareDocument({ source, title: 'Deep', locale: 'en' }, 1_000);
    const next = prepareDocument({ source: { format: 'text', text: 'Next.' }, title: 'Next', locale: 'en' });
    await expect(hostile).rejects.toThrow(/took longer than 1 seconds|nested too deeply/);
    expect((await next).chunks).toHaveLength(1);
  });
});

test('what the name or the first bytes already tell is refused at once, and nothing is written', async () => {
  const before = await knowledge.deps.db.query('select count(*) from documents');
  await expect(upload('a.exe', 'MZ')).rejects.toMatchObject({ code: 'unsupported_media_type' });
  await expect(upload('a.pdf', 'not a pdf')).rejects.toMatchObject({ code: 'unprocessable' });
  await expect(upload('a.txt', '')).rejects.toMatchObject({ code: 'unprocessable' });
  expect((await knowledge.deps.db.query('select count(*) from documents')).rows).toEqual(before.rows);
});

describe('a file is called what it is headed with', () => {
  test.each([
    ['plover.md', '# Plovers *and* dotterels\n\nThe plover runs.', 'Plovers and dotterels', []],
    ['dunlin.md', '---\ntitle: Dunlins\n---\n\n# Waders\n\nThe dunlin probes.', 'Dunlins', ['Waders']],
    ['godwit.html', '<title>Godwits | Zoo</title><h1>Godwits</h1><p>The godwit waits.', 'Godwits', []],
    ['curlew.docx', makeDocx('Curlews', ['The curlew calls.']), 'Curlews', []],
    ['snipe.docx', makeDocx('Snipes', ['# Calls', 'The snipe drums.'], 'Title'), 'Snipes', ['Calls']],
    ['knot.docx', makeDocx('Food', ['The knot eats.', '# Flight', 'The knot flies.']), 'knot', []],
    ['ruff-2_3.txt', '# Ruffs', 'ruff 2 3', []],
  ])('%s', async (name, content, title, headingPath) => {
    const document = await uploadAndIndex(name, content);
    expect(document.title).toBe(title);
    const { results } = await knowledge.find(workspaceId, name.replace(/\W.*/, ''));
    expect(results[0]).toMatchObject({ documentId: document.id, title, headingPath });
  });

  test('also of a new file, but not once a person has named it', async () => {
    const read = (documentId: string) => getDocument(knowledge.deps, { workspaceId, documentId });
    const { id } = await uploadAndIndex('siskin.md', '# Siskins\n\nThey sing.');
    await upload('siskin.md', '# Siskins and serins\n\nThey sing.', { replaces: id });
    await knowledge.runJobs();
    expect(await read(id)).toMatchObject({ title: 'Siskins and serins', version: 2 });
    await upload('siskin-song.md', 'They sing.', { replaces: id });
    await knowledge.runJobs();
    expect(await read(id)).toMatchObject({ title: 'siskin song', version: 3 });

    // what the name says already, but now by a person's word
    await patchDocument(knowledge.deps, { workspaceId, documentId: id, patch: { title: 'siskin song' } });
    await upload('siskin.md', '# Siskins\n\nThey sing.', { replaces: id });
    await knowledge.runJobs();
    expect(await read(id)).toMatchObject({ title: 'siskin song', version: 5 });
    const { results } = await knowledge.find(workspaceId, 'siskin song');
    expect(results[0]).toMatchObject({ documentId: id, title: 'siskin song', headingPath: ['Siskins'] });
  });

  test('but not where it came with a title', async () => {
    const { document } = await upload('serin.md', '# Serins\n\nThey sing.', { title: 'Small birds' });
    await knowledge.runJobs();
    const found = await getDocument(knowledge.deps, { workspaceId, documentId: document.id });
    expect(found.title).toBe('Small birds');
  });
});

test('the same externalId replaces the file, and another title indexes the same file anew', async () => {
  const { document } = await upload('one.txt', 'Ferret text, edition one.', { externalId: 'ferret', title: 'Ferrets' });
  await knowledge.runJobs();
  const again = await upload('two.txt', 'Ferret text, edition two.', { externalId: 'ferret', title: 'Ferrets' });
  expect(again).toMatchObject({ duplicate: false, document: { id: document.id, version: 2 } });
  await knowledge.runJobs();
  const renamed = await patchDocument(knowledge.deps, {
    workspaceId,
    documentId: document.id,
    patch: { title: 'Polecats' },
  });
  expect(renamed.version).toBe(3);
  await knowledge.runJobs();
  const { results } = await knowledge.find(workspaceId, 'polecats');
  expect(results[0]).toMatchObject({ documentId: document.id, text: 'Ferret text, edition two.' });
});
