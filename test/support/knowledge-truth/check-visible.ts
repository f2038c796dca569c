import { expect } from 'vitest';
import { search } from '../../../server/knowledge/search.ts';
import { commonWord, type Knowledge, type Model, type ModelDocument } from './model.ts';

type Seen = { documentId: string; title: string; audience: string; locale: string };

/** All that a search finds, by who asks in which language. */
async function lookEverywhere({ deps }: Knowledge, { workspaceId, configured }: Model): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const audience of ['public', 'internal'] as const) {
    for (const locale of ['en', 'de'] as const) {
      const { results } = await search(
        { ...deps, ...configured },
        { workspaceId, query: commonWord, history: [], limit: 100, audiences: [audience], locale },
      );
      const found = new Set(results.map(({ documentId, title }) => JSON.stringify({ documentId, title })));
      for (const one of found) seen.push({ ...JSON.parse(one), audience, locale });
    }
  }
  return seen;
}

/**
 * Between two steps: of each document one version is found or none, never one of somewhere else, never an older one than before, and
 * once it was found, it is found as long as it is published.
 */
export async function checkVisible(knowledge: Knowledge, model: Model): Promise<void> {
  const seen = await lookEverywhere(knowledge, model);
  const documents = [...model.documents.values()];
  expect(seen.filter((one) => !documents.some((document) => document.id === one.documentId))).toEqual([]);
  for (const document of documents)
    checkOne(
      document,
      seen.filter((one) => one.documentId === document.id),
    );
}

function checkOne(document: ModelDocument, seen: Seen[]): void {
  if (document.status === 'draft') {
    expect(seen).toEqual([]);
    return;
  }
  expect(seen.length).toBeLessThanOrEqual(1);
  if (document.seen > 0) expect(seen).toHaveLength(1);
  const [one] = seen;
  if (!one) return;
  expect(one.audience).toBe(document.audience);
  const version = document.versions.findLastIndex(({ word }) => one.title === `Title ${word}`) + 1;
  expect(version).toBeGreaterThanOrEqual(Math.max(1, document.seen));
  // a version of the same words may be live in the language before, and one that was hidden comes back in the newest language
  const locales = [document.locale, ...document.versions.map(({ locale }) => locale)];
  expect(locales).toContain(one.locale);
  document.seen = document.versions.findIndex(({ word }) => one.title === `Title ${word}`) + 1;
}
