import type { Deps } from '../deps.ts';
import { createDocuments } from '../knowledge/documents.ts';
import { loadDemoArticles } from './articles.ts';

/**
 * Fills a workspace that nobody has used yet with the demo shop's articles. Safe to call at every start: one that holds a
 * document or a conversation is left alone. Returns how many were written.
 */
export async function seedDemo(deps: Pick<Deps, 'db' | 'queues'>, workspaceId: string): Promise<number> {
  const used = await deps.db.query(
    `select 1 where exists (select 1 from documents where workspace_id = $1) or exists (select 1 from conversations where workspace_id = $1)`,
    [workspaceId],
  );
  if (used.rowCount !== 0) return 0;
  const articles = await loadDemoArticles();
  const documents = articles.map(({ title, body, externalId, locale, audience }) => ({
    title,
    body,
    externalId,
    locale,
    audience,
    format: 'markdown' as const,
    kind: 'article' as const,
    status: 'published' as const,
  }));
  await createDocuments(deps, { workspaceId, documents });
  return documents.length;
}
