import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { audience, locale } from '../../protocol/common.ts';
import type { InboxAppearance } from '../../protocol/widget.ts';

const articlesFolder = new URL('./articles/', import.meta.url);

const frontMatter = z.strictObject({
  title: z.string().min(1).max(120),
  externalId: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'An external id looks like "return-an-item".'),
  category: z.string().min(1),
  locale,
  audience,
  url: z.string().regex(/^\/[a-z0-9/-]+$/, 'A url is a path such as "/help/returns".'),
});

/** One help article of the demo shop; `body` is markdown, `url` a path on the shop's own site. */
export type DemoArticle = z.infer<typeof frontMatter> & { body: string };

/** The demo workspace: an invented outdoor shop and how its widget greets. */
export const demoShop = {
  name: 'Tarnholt',
  greeting: 'Hello. Ask about your order, sizes, care or returns.',
  color: '#2f6249',
  suggestions: [
    'How long does delivery take?',
    'How do I return something that does not fit?',
    'How do I wash my rain jacket?',
  ],
} satisfies Omit<InboxAppearance, 'position'> & { name: string };

/** All articles of the demo shop, by file name. Throws an error that names the file and the field when one is malformed. */
export async function loadDemoArticles(): Promise<DemoArticle[]> {
  const names = (await readdir(articlesFolder)).filter((name) => name.endsWith('.md')).sort();
  return Promise.all(
    names.map(async (name) => parseDemoArticle(name, await readFile(new URL(name, articlesFolder), 'utf8'))),
  );
}

/** Reads one article: YAML between two lines of `---`, then markdown. `fileName` is for the error only. */
export function parseDemoArticle(fileName: string, source: string): DemoArticle {
  const parts = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(source);
  if (!parts) throw new Error(`${fileName}: no front matter; the file begins with YAML between two lines of ---`);
  const [, header = '', text = ''] = parts;

  const fields = frontMatter.safeParse(parseYaml(fileName, header));
  if (!fields.success) {
    const problems = fields.error.issues.map((issue) => `${issue.path.join('.') || 'front matter'}: ${issue.message}`);
    throw new Error(`${fileName}: ${problems.join('; ')}`);
  }
  const body = text.trim();
  if (body === '') throw new Error(`${fileName}: body: the article has no text`);
  return { ...fields.data, body };
}

function parseYaml(fileName: string, header: string): unknown {
  try {
    return parse(header);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${fileName}: front matter is not YAML: ${reason}`, { cause });
  }
}
