import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  deleteDocument,
  getDocument,
  getDocuments,
  patchDocument,
  reindexDocument,
} from '../../server/knowledge/documents.ts';
import { search } from '../../server/knowledge/search.ts';
import { startKnowledge } from '../support/knowledge-fixture.ts';

let knowledge: Awaited<ReturnType<typeof startKnowledge>>;
let workspaceId: string;

const shop = [
  {
    title: 'Returning an order',
    body: 'You may send back anything within 30 days. Refunds reach your card in five days.',
  },
  {
    title: 'Washing rain jackets',
    body: 'Wash a membrane jacket at 30 degrees and tumble dry it to revive the coating.',
  },
  { title: 'Delivery times', body: 'Parcels within Germany arrive in two days, elsewhere in Europe in five.' },
  { title: 'Gift cards', body: 'A gift card is valid for three years and pays for any product.' },
  {
    title: 'Tent poles',
    body: 'A broken pole is replaced free of charge under the warranty.',
    audience: 'internal' as const,
  },
  { title: 'Stiefel imprägnieren', body: 'Lederstiefel werden zweimal im Jahr mit Wachs behandelt.', locale: 'de' },
  { title: '返品について', body: '商品は三十日以内に返品できます。返金は五日後です。', locale: 'ja' },
];

beforeAll(async () => {
  knowledge = await startKnowledge();
  workspaceId = await knowledge.createWorkspace();
  for (const document of shop) await knowledge.write(workspaceId, document);
  await knowledge.runJobs();
}, 60_000);
afterAll(() => knowledge.stop());

const titles = async (query: string, more: Parameters<typeof knowledge.find>[2] = {}) =>
  (await knowledge.find(workspaceId, query, more)).results.map((result) => result.title);

test('the document that answers comes first, best first, with scores from 0 to 1', async () => {
  const { results } = await knowledge.find(workspaceId, 'how long until I get my refund?');
  expect(results[0]?.title).toBe('Returning an order');
  const scores = results.map((result) => result.score);
  expect(scores).toEqual(scores.toSorted((one, other) => other - one));
  for (const { score, lexical, semantic } of results) {
    for (const part of [score, lexical, semantic]) expect(part).toBeGreaterThanOrEqual(0);
    for (const part of [score, lexical, semantic]) expect(part).toBeLessThanOrEqual(1.000001);
  }
});

test('other words for the same thing find it by meaning', async () => {
  expect((await titles('can I clean my waterproof coat?'))[0]).toBe('Washing rain jackets');
});

test('a misspelt word is taken for the word it is one slip away from', async () => {
  expect((await titles('membrnae jakcet'))[0]).toBe('Washing rain jackets');
});

test('a misspelt question is as sure and as close in meaning as the same one well spelt', async () => {
  const misspelt = await knowledge.find(workspaceId, 'wash a membrnae jacket', { explain: true });
  const right = await knowledge.find(workspaceId, 'wash a membrane jacket', { explain: true });
  expect(misspelt.meant).toBe('wash a membrane jacket');
  expect(misspelt.confidence).toBeCloseTo(right.confidence, 5);
  expect(misspelt.results[0]?.explanation?.cosine).toBeCloseTo(right.results[0]?.explanation?.cosine ?? 0, 5);
});

test('a question says nothing with words for any thing, nor with what is left of a contraction without its apostrophe', async () => {
  const asked = await knowledge.createWorkspace();
  await knowledge.write(asked, { title: 'Something is broken', body: 'We replace something that is broken.' });
  await knowledge.write(asked, { title: 'Chat', body: 'The chat is open all day. Whatever it is about, chat.' });
  await knowledge.write(asked, { title: 'Returns', body: 'An order can be sent back, and a return is free.' });
  await knowledge.runJobs();
  for (const query of ['How can I return something?', 'whats your return policy']) {
    const { results, meant } = await knowledge.find(asked, query, { explain: true });
    expect(results[0]?.title).toBe('Returns');
    expect(meant).toBe(query);
  }
});

test('a common word that no document has is meant as it stands', async () => {
  // no gift card, which is one slip away
  const { results, meant } = await knowledge.find(workspaceId, 'How hard is the coating?', { explain: true });
  expect(meant).toBe('How hard is the coating?');
  const matched = results.flatMap(({ explanation }) => explanation?.matched ?? []);
  expect(matched.filter(({ correctedFrom }) => correctedFrom)).toEqual([]);
});

test('where no document is English, a common English word may be a slip', async () => {
  const german = await knowledge.createWorkspace();
  await knowledge.write(german, { title: 'Pflege', body: 'Jedes Produkt wird gewachst.', locale: 'de' });
  await knowledge.runJobs();
  const { results, meant } = await knowledge.find(german, 'product');
  expect(meant).toBe('produkt');
  expect(results[0]?.title).toBe('Pflege');
});

test('a word that is known by the rules of one language is no slip by those of another', async () => {
  const mixed = await knowledge.createWorkspace();
  await knowledge.write(mixed, { title: 'Zelt', body: 'Ein Zelt hält den Regen ab.', locale: 'de' });
  await knowledge.write(mixed, { title: 'Regeln', body: 'Hier gelten diese Regeln.', locale: 'de' });
  await knowledge.write(mixed, { title: 'Boots', body: 'Boots are waxed.' });
  await knowledge.runJobs();
  const { results, meant } = await knowledge.find(mixed, 'zelten');
  expect(meant).toBe('zelten');
  expect(results[0]?.title).toBe('Zelt');
});

test('a word finds documents that say the same in another, and is shown where it did', async () => {
  const { results } = await knowledge.find(workspaceId, 'When is my package shipped?', { explain: true });
  expect(results[0]?.title).toBe('Delivery times');
  const matched = results[0]?.explanation?.matched ?? [];
  expect(matched.find(({ word }) => word === 'package')?.forms).toEqual(['parcels']);
});

test('who asks of what no document speaks is answered with less confidence', async () => {
  const known = await knowledge.find(workspaceId, 'How long is a gift card valid?');
  const unknown = await knowledge.find(workspaceId, 'Which orchestra plays on a gift card?');
  expect(known.confidence).toBeGreaterThan(unknown.confidence + 0.1);
});

test('a follow-up is understood from what the customer said before, and the answer says how', async () => {
  const history = [
    { role: 'customer' as const, body: 'Tell me about gift cards' },
    { role: 'assistant' as const, body: 'They pay for any product.' },
  ];
  const found = await knowledge.find(workspaceId, 'and how long is it valid?', { history });
  expect(found.results[0]?.title).toBe('Gift cards');
  expect(found.query).toContain('and how long is it valid?');
  expect(found.query).toMatch(/gift|cards/);
});

test('internal documents are for those who may see them', async () => {
  expect(await titles('broken tent pole warranty')).not.toContain('Tent poles');
  expect((await titles('broken tent pole warranty', { audiences: ['public', 'internal'] }))[0]).toBe('Tent poles');
});

test('a locale finds its own documents only, by the words of its language', async () => {
  expect(await titles('Stiefel mit Wachs behandeln', { locale: 'de' })).toEqual(['Stiefel imprägnieren']);
  expect(await titles('Lederstiefel Wachs', { locale: 'de-AT' })).toEqual(['Stiefel imprägnieren']);
  expect(await titles('wax boots', { locale: 'fr' })).toEqual([]);
  expect(await titles('jacket', { locale: 'en' })).not.toContain('Stiefel imprägnieren');
});

test('scripts without spaces are found by pairs of their characters', async () => {
  expect((await titles('返品できますか'))[0]).toBe('返品について');
});

describe('a query that is no question', () => {
  test.each([
    ['empty', ''],
    ['blank', ' \n\t '],
    ['punctuation', '?!… --- """'],
    ['an emoji', '🙂'],
    ['NUL bytes', '\u0000\u0000'],
  ])('%s finds nothing, with confidence 0', async (_name, query) => {
    expect(await knowledge.find(workspaceId, query)).toMatchObject({ results: [], confidence: 0 });
  });

  test.each([
    ['50,000 characters', 'refund '.repeat(7_142)],
    ['50,000 characters without a space', 'x'.repeat(50_000)],
    ['NUL inside', 'refund\u0000 order'],
    ['a lone surrogate', 'refund \ud800 order'],
    ['mixed scripts', 'refund 返品 вернуть استرداد 🙂 ₤'],
    ['what would be syntax elsewhere', `'; drop table documents; -- {1:2}/3 [1,2] & | ! :*`],
    ['50,000 different words', Array.from({ length: 8_000 }, (_, index) => `w${index}`).join(' ')],
  ])('%s is searched for like any other', async (_name, query) => {
    const { results, confidence } = await knowledge.find(workspaceId, query);
    expect(Array.isArray(results)).toBe(true);
    expect(confidence).toBeGreaterThanOrEqual(0);
    expect(confidence).toBeLessThanOrEqual(1);
  });
});

test('without the encoder the words decide alone', async () => {
  const encoder = { ...knowledge.deps.encoder, embed: () => new Promise<never>(() => {}) };
  const input = { workspaceId, query: 'gift card valid', history: [], limit: 5, audiences: ['public' as const] };
  const { results } = await search({ db: knowledge.deps.db, encoder }, input);
  expect(results[0]?.title).toBe('Gift cards');
  expect(results.every((result) => result.semantic === 0)).toBe(true);
}, 20_000);

test.each(['best_chunks', 'shown_chunks'])(
  'a document that is replaced or withdrawn before "%s" is shown as it is now, or not at all',
  async (moment) => {
    const { document } = await knowledge.write(workspaceId, { title: 'Sledges', body: 'A sledge for rent is red.' });
    await knowledge.runJobs();
    const { db, encoder } = knowledge.deps;
    const ofDocument = { workspaceId, documentId: document.id };
    const findAcross = async (change: () => Promise<unknown>) => {
      let isDue = true;
      const query = async (sql: { name?: string }) => {
        if (isDue && sql.name === moment) {
          isDue = false;
          await change();
        }
        return db.query(sql as never);
      };
      const input = { workspaceId, query: 'sledge for rent', history: [], limit: 5, audiences: ['public' as const] };
      const { results } = await search({ db: { query } as unknown as typeof db, encoder }, input);
      expect(isDue).toBe(false);
      expect(results.length).toBeGreaterThan(0);
      return results.filter((result) => result.documentId === document.id).map((result) => result.text);
    };
    const replaced = await findAcross(async () => {
      await patchDocument(knowledge.deps, { ...ofDocument, patch: { body: 'A sledge for rent is blue.' } });
      await knowledge.runJobs();
    });
    expect(replaced).toEqual([expect.stringContaining('blue')]);
    const hidden = { audience: 'internal' as const };
    expect(await findAcross(() => patchDocument(knowledge.deps, { ...ofDocument, patch: hidden }))).toEqual([]);
    await patchDocument(knowledge.deps, { ...ofDocument, patch: { audience: 'public' } });
    expect(await findAcross(() => deleteDocument(knowledge.deps, ofDocument))).toEqual([]);
  },
);

test('another workspace finds, reads, changes and deletes nothing of it', async () => {
  const other = await knowledge.createWorkspace();
  const { document } = await knowledge.write(workspaceId, { title: 'Ours', body: 'Only ours: zanzibar.' });
  await knowledge.write(other, { title: 'Theirs', body: 'Only theirs: something else.' });
  await knowledge.runJobs();
  const found = await knowledge.find(other, 'zanzibar return refund gift card', { audiences: ['public', 'internal'] });
  expect(found.results.map((result) => result.title)).not.toContain('Ours');
  const theirs = { workspaceId: other, documentId: document.id };
  const missing = { code: 'not_found' };
  await expect(getDocument(knowledge.deps, theirs)).rejects.toMatchObject(missing);
  await expect(patchDocument(knowledge.deps, { ...theirs, patch: { title: 'Mine' } })).rejects.toMatchObject(missing);
  await expect(deleteDocument(knowledge.deps, theirs)).rejects.toMatchObject(missing);
  await expect(reindexDocument(knowledge.deps, theirs)).rejects.toMatchObject(missing);
  const listed = await getDocuments(knowledge.deps, { workspaceId: other, filter: {}, limit: 50 });
  expect(listed.data.map((one) => one.title)).toEqual(['Theirs']);
  expect((await knowledge.find(workspaceId, 'zanzibar')).results[0]?.title).toBe('Ours');
  await deleteDocument(knowledge.deps, { workspaceId, documentId: document.id });
});

test('pages of documents hold each document once, the last changed first, and filters apply', async () => {
  const own = await knowledge.createWorkspace();
  for (let number = 1; number <= 7; number += 1) {
    await knowledge.write(own, { title: `Page ${number}`, body: 'Text.', status: number % 2 ? 'published' : 'draft' });
  }
  knowledge.jobs.length = 0;
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await getDocuments(knowledge.deps, { workspaceId: own, filter: {}, limit: 3, cursor });
    seen.push(...page.data.map((document) => document.title));
    expect(page.page.hasMore).toBe(page.page.nextCursor !== null);
    cursor = page.page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(['Page 7', 'Page 6', 'Page 5', 'Page 4', 'Page 3', 'Page 2', 'Page 1']);
  const drafts = await getDocuments(knowledge.deps, {
    workspaceId: own,
    filter: { status: 'draft', q: 'page' },
    limit: 50,
  });
  expect(drafts.data.map((document) => document.title)).toEqual(['Page 6', 'Page 4', 'Page 2']);
  await expect(
    getDocuments(knowledge.deps, { workspaceId: own, filter: {}, limit: 3, cursor: 'nonsense' }),
  ).rejects.toMatchObject({
    code: 'invalid_input',
  });
});

test('confidence is higher for what the documents answer than for what they do not', async () => {
  const own = await knowledge.createWorkspace();
  const subjects = [
    'tents',
    'stoves',
    'ropes',
    'maps',
    'skis',
    'boots',
    'gloves',
    'lamps',
    'knives',
    'bottles',
    'socks',
    'hats',
  ];
  for (const subject of subjects) {
    const body = `How to care for ${subject}: keep ${subject} dry, store ${subject} in a dark place and check them twice a year.`;
    await knowledge.write(own, { title: `Caring for ${subject}`, body });
  }
  await knowledge.runJobs();
  const { rows } = await knowledge.deps.db.query('select calibration from embedding_spaces where workspace_id = $1', [
    own,
  ]);
  expect(rows[0].calibration).not.toBeNull();
  const known = await knowledge.find(own, 'how do I look after my gloves?');
  const unknown = await knowledge.find(own, 'what is the capital of Brazil?');
  expect(known.results[0]?.title).toBe('Caring for gloves');
  expect(known.confidence).toBeGreaterThan(unknown.confidence);
}, 60_000);
