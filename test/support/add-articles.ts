import type { Document } from '../../protocol/knowledge.ts';
import { articles } from './articles.ts';
import type { RestClient } from './rest-client.ts';
import { until } from './until.ts';

/** Adds the small articles to an empty knowledge base, and resolves to their ids when all of them are found. */
export async function addArticles(rest: RestClient): Promise<string[]> {
  const documents = articles.map(({ title, body }) => ({ title, body, externalId: title }));
  const made = await rest.post<{ data: Document[] }>('/documents/batch', { documents });
  if (made.status !== 202) throw new Error(`the articles were answered with ${made.status}`);
  await until(
    'the articles are indexed',
    async () => {
      const { body } = await rest.get<{ data: Document[] }>('/documents');
      return body.data.length === articles.length && body.data.every(({ index }) => index.state === 'done');
    },
    60_000,
  );
  return made.body.data.map(({ id }) => id);
}
