import type { Pool } from '../server/db/pool.ts';
import { transaction } from '../server/db/transaction.ts';
import { newId } from '../server/ids.ts';
import type { EmbeddingSpaceKey } from '../server/knowledge/encoder.ts';
import { findOrMakeFacet } from '../server/knowledge/facet-queries.ts';
import { findOrMakeSpace, insertChunks, insertSearchRows, type Space } from '../server/knowledge/index-queries.ts';
import { foldStats } from '../server/knowledge/stats-queries.ts';
import type { BenchDocument } from './search-corpus.ts';

/** Straight into the tables, as the indexing job writes them, many documents to a transaction. */
export async function writeDocuments(db: Pool, workspaceId: string, space: Space, documents: BenchDocument[]) {
  await transaction(db, async (tx) => {
    const facets = new Map<string, number>();
    for (const locale of new Set(documents.map((document) => document.locale))) {
      facets.set(locale, await findOrMakeFacet(tx, workspaceId, 'public', locale));
    }
    await tx.query(
      `insert into documents (workspace_id, id, kind, title, locale, audience, status, live_version, live_space_id, index_state, chunk_count)
       select $1, r.id, 'article', r.title, r.locale, 'public', 'published', 1, $2, 'done', r.chunks
       from unnest($3::uuid[], $4::text[], $5::text[], $6::int[]) r (id, title, locale, chunks)`,
      [
        workspaceId,
        space.id,
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
    await insertSearchRows(
      tx,
      workspaceId,
      space,
      documents.flatMap(({ id, rows, locale }) =>
        rows.map((row) => ({ ...row, documentId: id, facet: facets.get(locale) ?? 0, published: true })),
      ),
    );
    await addAllTerms(tx, workspaceId, documents);
  });
}

/** As addTerms of the indexing job, for many documents at once. */
const addAllTerms = (tx: Parameters<typeof insertChunks>[0], workspaceId: string, documents: BenchDocument[]) =>
  tx.query(
    `with added as (
       insert into document_terms (workspace_id, document_id, language, terms, tiers, words, title_length, body_length)
       select $1, r.id, 'en', r.terms, r.tiers, r.words, r.title_length, r.body_length
       from jsonb_to_recordset($2::jsonb) r (id uuid, terms int[], tiers smallint[], words text[], title_length int, body_length int)
       returning *)
     insert into stats_deltas (workspace_id, change, language, terms, tiers, words, title_length, body_length)
     select workspace_id, 1, language, terms, tiers, words, title_length, body_length from added`,
    [
      workspaceId,
      JSON.stringify(
        documents.map(({ id, terms }) => ({
          id,
          terms: terms.terms,
          tiers: terms.tiers,
          words: terms.words,
          title_length: terms.titleLength,
          body_length: terms.bodyLength,
        })),
      ),
    ],
  );

export async function makeWorkspace(db: Pool, name: string, space: EmbeddingSpaceKey) {
  const workspaceId = newId();
  await db.query('insert into workspaces (id, name) values ($1, $2)', [workspaceId, name]);
  return { workspaceId, space: await findOrMakeSpace(db, workspaceId, newId(), space) };
}

export const settle = (db: Pool, workspaceId: string) => transaction(db, (tx) => foldStats(tx, workspaceId));
