import { describe, expect, it } from 'vitest';
import { newDocument } from '../../protocol/knowledge.ts';
import { inboxAppearance } from '../../protocol/widget.ts';
import { demoShop, loadDemoArticles, parseDemoArticle } from './articles.ts';

const articles = await loadDemoArticles();
const publicArticles = articles.filter((article) => article.audience === 'public');

const wordCount = (text: string) => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
const linksIn = (text: string) => [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);

/** Every place where the articles state the same fact; `allowed` is the one way it may be put. */
const sharedFacts = [
  {
    fact: 'return window',
    pattern: /\b(\d+)[ -]days? (?:of delivery|for returns|to send back)/g,
    allowed: ['60', '14'],
  },
  { fact: 'phone number', pattern: /\+49[\d ]*\d/g, allowed: ['+49 89 99998 240'] },
  { fact: 'weekday hours of the team', pattern: /Monday to Friday (\d+:\d\d–\d+:\d\d)/g, allowed: ['9:00–18:00'] },
  { fact: 'Saturday hours of the team', pattern: /Saturday (\d+:\d\d–\d+:\d\d)/g, allowed: ['10:00–14:00'] },
  { fact: 'cut-off for shipping', pattern: /before (1[0-9]:\d\d)(?= on a working day)/g, allowed: ['14:00'] },
  { fact: 'membership fee', pattern: /€(\d+) per year/g, allowed: ['25'] },
];

describe('the demo articles', () => {
  it('are enough to search in, and exactly two are for agents only', () => {
    expect(articles.length).toBeGreaterThanOrEqual(34);
    expect(articles.filter((article) => article.audience === 'internal')).toHaveLength(2);
  });

  it('have unique ids, titles and addresses', () => {
    for (const field of ['externalId', 'title', 'url'] as const) {
      expect(new Set(articles.map((article) => article[field])).size).toBe(articles.length);
    }
  });

  it('are documents that the knowledge base takes', () => {
    for (const { category: _, ...article } of articles) {
      const document = { ...article, url: new URL(article.url, 'https://shop.example').href };
      expect(newDocument.safeParse(document).error, article.externalId).toBeUndefined();
    }
  });

  it('link only to articles that exist, and public ones never to internal ones', () => {
    const every = new Set(articles.map((article) => article.url));
    const open = new Set(publicArticles.map((article) => article.url));
    for (const article of articles) {
      const known = article.audience === 'public' ? open : every;
      expect(
        linksIn(article.body).filter((target) => !known.has(target)),
        article.externalId,
      ).toEqual([]);
    }
    expect(publicArticles.flatMap((article) => linksIn(article.body)).length).toBeGreaterThan(50);
  });

  it.each(sharedFacts)('agree on the $fact', ({ pattern, allowed }) => {
    const found = articles.flatMap((article) =>
      [...article.body.matchAll(pattern)].map((match) => match[1] ?? match[0]),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((value) => !allowed.includes(value))).toEqual([]);
  });
});

describe.each(articles.map((article) => ({ id: article.externalId, article })))('$id', ({ article }) => {
  it('has depth and structure', () => {
    expect(wordCount(article.body)).toBeGreaterThanOrEqual(250);
    expect(wordCount(article.body)).toBeLessThanOrEqual(700);
    expect(article.body.match(/^## .+$/gm)?.length ?? 0).toBeGreaterThanOrEqual(3);
  });

  it('keeps to the words and the tone of the product', () => {
    const text = `${article.title}\n${article.body}`;
    expect(text).not.toMatch(/\b(users?|bots?|tickets?)\b/i);
    expect(text).not.toContain('!');
  });
});

describe('parseDemoArticle', () => {
  const header = 'title: A\nexternalId: a\ncategory: C\nlocale: en\naudience: public\nurl: /help/a';

  it('returns the fields and the trimmed body', () => {
    const article = parseDemoArticle('a.md', `---\n${header}\n---\n\nText.\n`);
    expect(article).toMatchObject({ title: 'A', externalId: 'a', audience: 'public', url: '/help/a', body: 'Text.' });
  });

  it.each([
    ['a wrong value', header.replace('public', 'secret'), /^a\.md: audience: /],
    ['a missing field', header.replace('title: A\n', ''), /^a\.md: title: /],
    ['an unknown field', `${header}\nmood: fine`, /^a\.md: .*mood/],
    ['broken YAML', 'title: [A', /^a\.md: front matter is not YAML/],
  ])('names file and field for %s', (_, broken, message) => {
    expect(() => parseDemoArticle('a.md', `---\n${broken}\n---\nText.`)).toThrow(message);
  });

  it('refuses a file without front matter and one without text', () => {
    expect(() => parseDemoArticle('a.md', 'Text.')).toThrow(/^a\.md: no front matter/);
    expect(() => parseDemoArticle('a.md', `---\n${header}\n---\n \n`)).toThrow(/^a\.md: body/);
  });
});

describe('demoShop', () => {
  it('is an appearance that an inbox takes, with three suggestions', () => {
    expect(inboxAppearance.safeParse({ ...demoShop, position: 'right' }).error).toBeUndefined();
    expect(demoShop.suggestions).toHaveLength(3);
  });
});
