import type { Db } from '../db/pool.ts';
import type { EmbeddingSpaceKey } from './encoder.ts';
import { findOrMakeFacet } from './facet-queries.ts';
import { termKeys } from './term-keys.ts';
import type { SourceFormat } from './to-markdown.ts';
import { denseText, sparseText, termsToBytes } from './vector-text.ts';

/** The right to index a document: it is lost when the version, the attempt or the state of the row is another. */
export type Claim = { workspaceId: string; documentId: string; version: number; attempt: number };

/**
 * Claims the document's newest version when that is pending, or running past its lease. `exhausted`: it has been tried as often as
 * it may be; `claim` undefined: there is nothing to do, or another worker does it.
 */
export async function claimDocument(
  tx: Db,
  workspaceId: string,
  documentId: string,
  leaseMs: number,
  attemptsMax: number,
): Promise<{ claim?: Claim; exhausted?: true }> {
  const { rows } = await tx.query<{ version: number; attempt: number }>(
    `select version, index_attempt as attempt from documents where workspace_id = $1 and id = $2
       and (index_state = 'pending' or (index_state = 'running' and index_lease_until < now())) for update`,
    [workspaceId, documentId],
  );
  const [row] = rows;
  if (!row) return {};
  if (row.attempt >= attemptsMax) return { exhausted: true };
  await tx.query(
    `update documents set index_state = 'running', index_attempt = index_attempt + 1, index_error = null,
       index_lease_until = now() + $3 * interval '1 millisecond' where workspace_id = $1 and id = $2`,
    [workspaceId, documentId, leaseMs],
  );
  return { claim: { workspaceId, documentId, version: row.version, attempt: row.attempt + 1 } };
}

const stillMine = `workspace_id = $1 and id = $2 and version = $3 and index_attempt = $4 and index_state = 'running'`;
const mine = (claim: Claim) => [claim.workspaceId, claim.documentId, claim.version, claim.attempt];

/** False when the claim is lost: a newer version came, the document is gone, or another worker took over. */
export async function renewLease(db: Db, claim: Claim, leaseMs: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update documents set index_lease_until = now() + $5 * interval '1 millisecond' where ${stillMine}`,
    [...mine(claim), leaseMs],
  );
  return rowCount === 1;
}

export async function failIndexing(db: Db, claim: Claim, reason: string): Promise<void> {
  await db.query(
    `update documents set index_state = 'failed', index_error = $5, index_lease_until = null where ${stillMine}`,
    [...mine(claim), reason],
  );
}

/** Fails whatever state it is in that is not finished: for a document whose attempts are used up. */
export async function failExhausted(db: Db, workspaceId: string, documentId: string, reason: string): Promise<void> {
  await db.query(
    `update documents set index_state = 'failed', index_error = $3, index_lease_until = null
     where workspace_id = $1 and id = $2 and index_state in ('pending', 'running')`,
    [workspaceId, documentId, reason],
  );
}

/** Back in line, for after the delay; the attempt stays counted. */
export async function postponeIndexing(db: Db, claim: Claim, delayMs: number): Promise<void> {
  await db.query(
    `update documents set index_state = 'pending', index_lease_until = null,
       index_requested_at = now() + $5 * interval '1 millisecond' where ${stillMine}`,
    [...mine(claim), delayMs],
  );
}

export type VersionContent = {
  title: string;
  locale: string;
  format: SourceFormat;
  body: string | null;
  bytes: Buffer | null;
};

export async function readVersion(db: Db, claim: Claim): Promise<VersionContent | undefined> {
  const { rows } = await db.query<VersionContent>(
    `select v.title, d.locale, v.format, v.body, f.bytes
     from documents d
     join document_versions v on v.workspace_id = d.workspace_id and v.document_id = d.id and v.version = d.version
     left join document_files f on f.workspace_id = v.workspace_id and f.document_id = v.document_id and f.version = v.version
     where d.workspace_id = $1 and d.id = $2 and d.version = $3`,
    [claim.workspaceId, claim.documentId, claim.version],
  );
  return rows[0];
}

export type Space = { id: string; key: number };

/** The workspace's space for this encoder, made where there is none. */
export async function findOrMakeSpace(
  db: Db,
  workspaceId: string,
  id: string,
  space: EmbeddingSpaceKey,
): Promise<Space> {
  const { rows } = await db.query<Space>(
    `insert into embedding_spaces as s (workspace_id, id, provider, model, dimensions) values ($1, $2, $3, $4, $5)
     on conflict (workspace_id, provider, model, dimensions) do update set provider = s.provider returning id, key`,
    [workspaceId, id, space.provider, space.model, space.dimensions],
  );
  const [row] = rows;
  if (!row) throw new Error('the embedding space was not written');
  return row;
}

/** Locks the row for the switch, when the claim still holds. */
export async function lockForSwitch(
  tx: Db,
  claim: Claim,
): Promise<{ audience: string; status: string; locale: string } | undefined> {
  const { rows } = await tx.query<{ audience: string; status: string; locale: string }>(
    `select audience, status, locale from documents where ${stillMine} for update`,
    mine(claim),
  );
  return rows[0];
}

export type NewChunk = {
  id: string;
  position: number;
  headingPath: string[];
  text: string;
  tokens: number;
  terms: Int32Array;
  contextTerms: Int32Array;
};

/** Of a document: all that an index entry needs besides itself. */
export type Place = { documentId: string; version: number };

/** Replaces what an earlier run for the same version left, but for what is the same. */
export async function replaceChunks(tx: Db, claim: Claim, chunks: NewChunk[]): Promise<void> {
  await tx.query(
    'delete from chunks where workspace_id = $1 and document_id = $2 and version = $3 and id <> all($4::uuid[])',
    [claim.workspaceId, claim.documentId, claim.version, chunks.map((chunk) => chunk.id)],
  );
  await insertChunks(
    tx,
    claim.workspaceId,
    chunks.map((chunk) => ({ ...chunk, documentId: claim.documentId, version: claim.version })),
  );
}

/** Those that are there already stay. As JSON: one statement, however many rows of however many documents. */
export async function insertChunks(tx: Db, workspaceId: string, chunks: (NewChunk & Place)[]): Promise<void> {
  const rows = chunks.map((chunk) => ({
    id: chunk.id,
    document_id: chunk.documentId,
    version: chunk.version,
    position: chunk.position,
    heading_path: chunk.headingPath,
    text: chunk.text,
    tokens: chunk.tokens,
    terms: termsToBytes(chunk.terms).toString('base64'),
    context_terms: termsToBytes(chunk.contextTerms).toString('base64'),
  }));
  await tx.query(
    `insert into chunks (workspace_id, id, document_id, version, position, heading_path, text, tokens, terms, context_terms)
     select $1, r.id, r.document_id, r.version, r.position, r.heading_path, r.text, r.tokens, decode(r.terms, 'base64'), decode(r.context_terms, 'base64')
     from jsonb_to_recordset($2::jsonb) r (id uuid, document_id uuid, version int, position int, heading_path text[], text text, tokens int, terms text, context_terms text)
     on conflict (workspace_id, id) do nothing`,
    [workspaceId, JSON.stringify(rows)],
  );
}

export const scope = { chunk: 0, document: 1, both: 2 } as const;

export type NewSearchRow = {
  chunkId: string;
  scope: (typeof scope)[keyof typeof scope];
  embedding: number[];
  lexical: Map<number, number>;
};

/** Takes the old version out of the index and puts the new one in: within one transaction nobody sees neither or both. */
export async function replaceSearchRows(
  tx: Db,
  claim: Claim,
  space: Space,
  visible: { locale: string; audience: string; published: boolean },
  rows: NewSearchRow[],
): Promise<void> {
  await tx.query('delete from search_rows where workspace_id = $1 and document_id = $2', [
    claim.workspaceId,
    claim.documentId,
  ]);
  const facet = await findOrMakeFacet(tx, claim.workspaceId, visible.audience, visible.locale);
  const { documentId } = claim;
  const { published } = visible;
  await insertSearchRows(
    tx,
    claim.workspaceId,
    space,
    rows.map((row) => ({ ...row, documentId, facet, published })),
  );
}

/** One statement, however many rows of however many documents. */
export async function insertSearchRows(
  tx: Db,
  workspaceId: string,
  space: Pick<Space, 'key'>,
  rows: (NewSearchRow & { documentId: string; facet: number; published: boolean })[],
): Promise<void> {
  await tx.query(
    `insert into search_rows (chunk_id, scope, space_key, workspace_id, document_id, facet, published, embedding, lexical, keys)
     select r.chunk_id, r.scope, $2, $1, r.document_id, r.facet, r.published, r.embedding::halfvec, r.lexical::sparsevec, r.keys::int[]
     from unnest($3::uuid[], $4::smallint[], $5::uuid[], $6::int[], $7::boolean[], $8::text[], $9::text[], $10::text[])
       r (chunk_id, scope, document_id, facet, published, embedding, lexical, keys)`,
    [
      workspaceId,
      space.key,
      rows.map((row) => row.chunkId),
      rows.map((row) => row.scope),
      rows.map((row) => row.documentId),
      rows.map((row) => row.facet),
      rows.map((row) => row.published),
      rows.map((row) => denseText(row.embedding)),
      rows.map((row) => sparseText(row.lexical)),
      // only what stands for a document is looked up by its words
      rows.map((row) => `{${row.scope === scope.chunk ? '' : termKeys(row.lexical, row.facet).join(',')}}`),
    ],
  );
}

export async function finishIndexing(
  tx: Db,
  claim: Claim,
  space: Space,
  markdown: string,
  chunks: number,
): Promise<void> {
  await tx.query(
    'update document_versions set markdown = $4 where workspace_id = $1 and document_id = $2 and version = $3',
    [claim.workspaceId, claim.documentId, claim.version, markdown],
  );
  await tx.query(
    `update documents set index_state = 'done', index_error = null, index_lease_until = null, live_version = $3,
       live_space_id = $5, chunk_count = $6 where ${stillMine}`,
    [...mine(claim), space.id, chunks],
  );
}
