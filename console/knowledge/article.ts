import type { DocumentPatch, DocumentWithBody, NewDocument } from '../../protocol/knowledge.ts';

/** What the form edits. */
export type Article = {
  title: string;
  body: string;
  url: string;
  audience: 'public' | 'internal';
  locale: string;
  status: 'published' | 'draft';
};

export const emptyArticle: Article = {
  title: '',
  body: '',
  url: '',
  audience: 'public',
  locale: 'en',
  status: 'draft',
};

export function toArticle(document: DocumentWithBody): Article {
  const { title, body, url, audience, locale, status } = document;
  return { title, body: body ?? '', url: url ?? '', audience, locale, status };
}

export function toNewDocument({ url, ...article }: Article): Partial<NewDocument> {
  return { ...article, format: 'markdown', ...(url.trim() === '' ? {} : { url: url.trim() }) };
}

export const isChanged = (saved: Article, now: Article): boolean => Object.keys(changesOf(saved, now)).length > 0;

/** Only what differs: an article is not indexed anew because its audience changed. */
export function changesOf(saved: Article, now: Article): DocumentPatch {
  const patch: DocumentPatch = {};
  if (now.title !== saved.title) patch.title = now.title;
  if (now.body !== saved.body) {
    patch.body = now.body;
    patch.format = 'markdown';
  }
  if (now.url.trim() !== saved.url) patch.url = now.url.trim() === '' ? null : now.url.trim();
  if (now.audience !== saved.audience) patch.audience = now.audience;
  if (now.locale !== saved.locale) patch.locale = now.locale;
  if (now.status !== saved.status) patch.status = now.status;
  return patch;
}

/** By field, in words; empty when it can be saved. */
export function problemsOf(article: Article): Partial<Record<keyof Article, string>> {
  const problems: Partial<Record<keyof Article, string>> = {};
  if (article.title.trim() === '') problems.title = 'Give the article a title.';
  if (article.body.trim() === '') problems.body = 'Write something first.';
  const url = article.url.trim();
  if (url !== '' && !/^https?:\/\//.test(url)) problems.url = 'An address begins with https://.';
  if (!/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(article.locale)) {
    problems.locale = 'A language looks like “en” or “pt-BR”.';
  }
  return problems;
}
