import type { SpaceState } from '../../protocol/spaces.ts';
import type { Db } from '../db/pool.ts';
import { type EmbeddingSpaceKey, isOf } from './encoder.ts';
import { countFacets } from './facet-queries.ts';
import type { Space } from './index-queries.ts';

/*
 * The life of embedding spaces, in rows. Whoever writes vectors holds `shareSpaces` from before it looks at the spaces until its commit,
 * and whoever switches, finishes or deletes one holds `lockSpaces`: so nothing is written for a space in the state that it had before.
 */

export const lockSpaces = async (tx: Db, workspaceId: string): Promise<void> => {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 8))', [workspaceId]);
};

export const shareSpaces = async (tx: Db, workspaceId: string): Promise<void> => {
  await tx.query('select pg_advisory_xact_lock_shared(hashtextextended($1, 8))', [workspaceId]);
};

const spaceColumns = 'id, key, provider, model, dimensions, state';

export type SpaceRow = Space & { state: SpaceState };

export async function findActiveSpace(db: Db, workspaceId: string): Promise<SpaceRow | undefined> {
  const { rows } = await db.query<SpaceRow>(
    `select ${spaceColumns} from embedding_spaces where workspace_id = $1 and state = 'active'`,
    [workspaceId],
  );
  return rows[0];
}

export async function findSpace(db: Db, workspaceId: string, spaceId: string): Promise<SpaceRow | undefined> {
  const { rows } = await db.query<SpaceRow>(
    `select ${spaceColumns} from embedding_spaces where workspace_id = $1 and id = $2 and deleted_at is null`,
    [workspaceId, spaceId],
  );
  return rows[0];
}

/** Under shareSpaces: the space that vectors of this kind are written to, if it is there. */
export async function spaceToWrite(
  tx: Db,
  workspaceId: string,
  embedded: EmbeddingSpaceKey,
): Promise<SpaceRow | undefined> {
  const { rows } = await tx.query<SpaceRow>(
    `select ${spaceColumns} from embedding_spaces where workspace_id = $1 and deleted_at is null`,
    [workspaceId],
  );
  return rows.find((space) => isOf(space, embedded));
}

/**
 * Live documents that have no vectors in the space, by their ids from after `after` on. One anti-join of documents and
 * search_vectors_of_documents.
 */
export async function listMissing(
  db: Db,
  workspaceId: string,
  spaceKey: number,
  after: string | undefined,
  limit: number,
): Promise<{ documentId: string; version: number; chunks: number }[]> {
  const { rows } = await db.query<{ documentId: string; version: number; chunks: number }>(
    `select d.id as "documentId", d.live_version as version, d.chunk_count as chunks from documents d
     where d.workspace_id = $1 and d.live_version is not null and d.chunk_count > 0 and ($3::uuid is null or d.id > $3)
       and not exists (select from search_vectors v where v.space_key = $2 and v.document_id = d.id and v.scope > 0)
     order by d.id limit $4`,
    [workspaceId, spaceKey, after ?? null, limit],
  );
  return rows;
}

export const isFull = async (db: Db, workspaceId: string, spaceKey: number): Promise<boolean> =>
  (await listMissing(db, workspaceId, spaceKey, undefined, 1)).length === 0;

/** A filling that begins anew: in line now, with all its attempts. */
const inLine = `fill_state = 'pending', fill_error = null, fill_tries = 0, fill_requested_at = now(), fill_lease_until = null,
  fill_started_at = null`;

/**
 * Documents were written to this space, or to none: the others that are searched or being filled lack them, and one whose filling had
 * been given up works again. One that is in line or being worked on will find them by itself.
 */
export async function requestMissing(tx: Db, workspaceId: string, written: number | undefined): Promise<void> {
  await tx.query(
    `update embedding_spaces s set ${inLine} from (
       select id from embedding_spaces
       where workspace_id = $1 and deleted_at is null and (fill_state = 'done' and state <> 'kept' and key is distinct from $2
         or fill_state = 'failed' and key = $2) order by id for no key update) due
     where s.workspace_id = $1 and s.id = due.id`,
    [workspaceId, written ?? null],
  );
}

export type DueFilling = { workspaceId: string; spaceId: string; requestedAt: Date; attempt: number };

const dueColumns = `workspace_id as "workspaceId", id as "spaceId", fill_requested_at as "requestedAt", fill_attempt as attempt`;

/** Puts the filling in line, unless it is there or under way. */
export async function requestFilling(db: Db, workspaceId: string, spaceId: string): Promise<DueFilling | undefined> {
  const { rows } = await db.query<DueFilling>(
    `update embedding_spaces set ${inLine} where workspace_id = $1 and id = $2 and deleted_at is null
       and fill_state in ('done', 'failed') returning ${dueColumns}`,
    [workspaceId, spaceId],
  );
  return rows[0];
}

/** The fillings that were given up, of one workspace or, at the start of the workers, of all: kept spaces wait for somebody to ask. */
export async function requestFailedFillings(db: Db, workspaceId: string | undefined): Promise<DueFilling[]> {
  const { rows } = await db.query<DueFilling>(
    `update embedding_spaces set ${inLine} where fill_state = 'failed' and deleted_at is null and state <> 'kept'
       and ($1::uuid is null or workspace_id = $1) returning ${dueColumns}`,
    [workspaceId ?? null],
  );
  return rows;
}

/** For the sweeper, as listUnfinishedDocuments. Relies on embedding_spaces_due. */
export async function listDueFillings(db: Db, pendingForMs: number, limit: number): Promise<DueFilling[]> {
  const { rows } = await db.query<DueFilling>(
    `select ${dueColumns} from embedding_spaces
     where deleted_at is null and ((fill_state = 'pending' and fill_requested_at < now() - $2 * interval '1 millisecond')
       or (fill_state = 'running' and fill_lease_until < now()))
     order by fill_requested_at limit $1`,
    [limit, pendingForMs],
  );
  return rows;
}

/** Under lockSpaces, in its transaction: from the next search on this space is searched, and the one before is kept. */
export async function makeActive(tx: Db, workspaceId: string, spaceId: string): Promise<void> {
  await tx.query(
    `update embedding_spaces set state = 'kept' where workspace_id = $1 and state = 'active' and id <> $2`,
    [workspaceId, spaceId],
  );
  await tx.query(
    `update embedding_spaces set state = 'active', activated_at = now() where workspace_id = $1 and id = $2 and state <> 'active'`,
    [workspaceId, spaceId],
  );
  await countFacets(tx, workspaceId);
}

/** Workspaces whose active space is of another model, and that have none of this one yet. Length 0 is any length. */
export async function listWithoutSpace(db: Db, { provider, model, dimensions }: EmbeddingSpaceKey): Promise<string[]> {
  const { rows } = await db.query<{ workspaceId: string }>(
    `select a.workspace_id as "workspaceId" from embedding_spaces a
     where a.state = 'active' and not exists (select from embedding_spaces s where s.workspace_id = a.workspace_id
       and s.provider = $1 and s.model = $2 and $3 in (0, s.dimensions))`,
    [provider, model, dimensions],
  );
  return rows.map((row) => row.workspaceId);
}

/** A space that is to be filled; undefined where another process has just made it. */
export async function insertFillingSpace(
  db: Db,
  workspaceId: string,
  id: string,
  { provider, model, dimensions }: EmbeddingSpaceKey,
): Promise<DueFilling | undefined> {
  const { rows } = await db.query<DueFilling>(
    `insert into embedding_spaces (workspace_id, id, provider, model, dimensions, state, fill_state)
     values ($1, $2, $3, $4, $5, 'filling', 'pending') on conflict do nothing returning ${dueColumns}`,
    [workspaceId, id, provider, model, dimensions],
  );
  return rows[0];
}

/** Spaces of this model that are kept: another one is searched. Length 0 is any length. */
export async function listKeptSpaces(
  db: Db,
  { provider, model, dimensions }: EmbeddingSpaceKey,
): Promise<{ workspaceId: string; spaceId: string }[]> {
  const { rows } = await db.query<{ workspaceId: string; spaceId: string }>(
    `select workspace_id as "workspaceId", id as "spaceId" from embedding_spaces
     where state = 'kept' and deleted_at is null and provider = $1 and model = $2 and $3 in (0, dimensions) order by workspace_id`,
    [provider, model, dimensions],
  );
  return rows;
}
