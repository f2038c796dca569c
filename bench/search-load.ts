import type { Pool } from '../server/db/pool.ts';
import { transaction } from '../server/db/transaction.ts';
import { newId } from '../server/ids.ts';
import type { EmbeddingSpaceKey } from '../server/knowledge/encoder.ts';
import { findOrMakeFacet } from '../server/knowledge/facet-queries.ts';
import {
  findOrMakeActiveSpace,
  insertChunks,
  insertSearchRows,
  insertVectors,
  type Space,
} from '../server/knowledge/index-queries.ts';
import { keepPostings } from '../server/knowledge/keep-postings.ts';
import { addTerms, foldStats } from '../server/knowledge/stats-queries.ts';
import type { BenchDocument } from './search-corpus.ts';

/** Straight into the tables, as the indexing job writes them, many documents to a transaction. */
export async function writeDocuments(
  db: Pool,
  workspaceId: string,
  space: Pick<Space, 'key'>,
  documents: BenchDocument[],
) {
  await transaction(db, async (tx) => {
    const facets = new Map<string, number>();
    for (const locale of new Set(documents.map((document) => document.locale))) {
      facets.set(locale, await findOrMakeFacet(tx, workspaceId, 'public', locale));
    }
    await tx.query(
      `insert into documents (workspace_id, id, kind, title, locale, audience, status, live_version, index_state, chunk_count)
       select $1, r.id, 'article', r.title, r.locale, 'public', 'published', 1, 'done', r.chunks
       from unnest($2::uuid[], $3::text[], $4::text[], $5::int[]) r (id, title, locale, chunks)`,
      [
        workspaceId,
        documents.map(({ id }) => id),
        documents.map(({ title }) => title),
        documents.map(({ locale }) => locale),
        documents.map(({ chunks }) => chunks.length),
      ],
    );
    await tx.query(
      `insert into document_versions (workspace_id, document_id, version, title, format, body)
       select $1, r.id, 1, r.title, 'text', r.title from unnest($2::uuid[], $3::text[]) r (id, title)`,
      [workspaceId, documents.map(({ id }) => id), documents.map(({ title }) => title)],
    );
    await insertChunks(
      tx,
      workspaceId,
      documents.flatMap(({ id, chunks }) => chunks.map((chunk) => ({ ...chunk, documentId: id, version: 1 }))),
    );
    const placed = <Item extends object>(of: (document: BenchDocument) => Item[]) =>
      documents.flatMap((document) =>
        of(document).map((item) => ({ ...item, documentId: document.id, facet: facets.get(document.locale) ?? null })),
      );
    await insertSearchRows(
      tx,
      workspaceId,
      placed(({ rows }) => rows),
    );
    await insertVectors(
      tx,
      workspaceId,
      space,
      placed(({ vectors }) => vectors),
    );
    await addTerms(
      tx,
      workspaceId,
      documents.map(({ id, terms }) => ({ documentId: id, terms })),
    );
  });
}

export async function makeWorkspace(db: Pool, name: string, space: EmbeddingSpaceKey) {
  const workspaceId = newId();
  await db.query('insert into workspaces (id, name) values ($1, $2)', [workspaceId, name]);
  return { workspaceId, space: await findOrMakeActiveSpace(db, workspaceId, newId(), space) };
}

/** What is due when the documents are written, as settleSearch does it. */
export async function settle(db: Pool, workspaceId: string): Promise<void> {
  await transaction(db, (tx) => foldStats(tx, workspaceId));
  await keepPostings(db, workspaceId);
}
