import type { Db } from '../db/pool.ts';
import type { SpaceRow } from './space-queries.ts';

/*
 * The right to fill a space: a row of embedding_spaces that is `running` with this attempt, pending → running → done | failed. What is
 * written under it is looked at again document by document, so that a filling whose claim was lost does no harm.
 */
export type FillClaim = {
  workspaceId: string;
  space: SpaceRow;
  attempt: number;
  /** Claims since a batch was last written, this one among them. */
  tries: number;
};

/** What is pending and due, or running past its lease. */
export async function claimFilling(
  db: Db,
  workspaceId: string,
  spaceId: string,
  leaseMs: number,
): Promise<FillClaim | undefined> {
  const { rows } = await db.query<SpaceRow & { attempt: number; tries: number }>(
    `update embedding_spaces s set fill_state = 'running', fill_attempt = fill_attempt + 1, fill_tries = fill_tries + 1, fill_error = null,
       fill_lease_until = now() + $3 * interval '1 millisecond', fill_started_at = coalesce(fill_started_at, now()),
       fill_started_with = case when fill_started_at is not null then fill_started_with
         else (select count(*) from search_vectors v where v.space_key = s.key and v.scope > 0) end
     where workspace_id = $1 and id = $2 and deleted_at is null and (fill_state = 'pending' and fill_requested_at <= now()
       or fill_state = 'running' and fill_lease_until < now())
     returning id, key, provider, model, dimensions, state, fill_attempt as attempt, fill_tries as tries`,
    [workspaceId, spaceId, leaseMs],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { attempt, tries, ...space } = row;
  return { workspaceId, space, attempt, tries };
}

/** `s` is still under the claim. */
const stillMine = `workspace_id = $1 and id = $2 and fill_attempt = $3 and fill_state = 'running' and deleted_at is null`;
const claimValues = ({ workspaceId, space, attempt }: FillClaim) => [workspaceId, space.id, attempt];

/** False when the claim is lost. `gotOn`: a batch was written since, so all attempts are there again. */
export async function renewFilling(db: Db, claim: FillClaim, leaseMs: number, gotOn: boolean): Promise<boolean> {
  const { rowCount } = await db.query(
    `update embedding_spaces set fill_lease_until = now() + $4 * interval '1 millisecond', fill_tries = case when $5 then 1 else fill_tries end
     where ${stillMine}`,
    [...claimValues(claim), leaseMs, gotOn],
  );
  return rowCount === 1;
}

/** Back in line, for after the delay; undefined when the claim is lost. */
export async function postponeFilling(
  db: Db,
  claim: FillClaim,
  delayMs: number,
  gotOn: boolean,
): Promise<Date | undefined> {
  const { rows } = await db.query<{ requestedAt: Date }>(
    `update embedding_spaces set fill_state = 'pending', fill_lease_until = null, fill_tries = case when $5 then 0 else fill_tries end,
       fill_requested_at = now() + $4 * interval '1 millisecond' where ${stillMine} returning fill_requested_at as "requestedAt"`,
    [...claimValues(claim), delayMs, gotOn],
  );
  return rows[0]?.requestedAt;
}

export async function failFilling(db: Db, claim: FillClaim, reason: string): Promise<void> {
  await db.query(
    `update embedding_spaces set fill_state = 'failed', fill_error = $4, fill_lease_until = null where ${stillMine}`,
    [...claimValues(claim), reason],
  );
}

/** Gives what the space is now, and whether it switches itself; undefined when the claim is lost. */
export async function finishFilling(
  tx: Db,
  claim: FillClaim,
): Promise<(Pick<SpaceRow, 'state'> & { switchesItself: boolean }) | undefined> {
  const { rows } = await tx.query<Pick<SpaceRow, 'state'> & { switchesItself: boolean }>(
    `update embedding_spaces set fill_state = 'done', fill_lease_until = null, fill_tries = 0 where ${stillMine}
     returning state, switches_itself as "switchesItself"`,
    claimValues(claim),
  );
  return rows[0];
}

export type LiveText = {
  documentId: string;
  version: number;
  title: string;
  markdown: string;
  chunks: { id: string; headingPath: string[]; text: string }[];
};

/** What the live versions say, as it was split. Those that are no longer live are left out. */
export async function readLiveTexts(
  db: Db,
  workspaceId: string,
  wanted: { documentId: string; version: number }[],
): Promise<LiveText[]> {
  const { rows } = await db.query<LiveText>(
    `select d.id as "documentId", v.version, v.title, coalesce(v.markdown, v.body) as markdown,
       (select json_agg(json_build_object('id', c.id, 'headingPath', c.heading_path, 'text', c.text) order by c.position)
        from chunks c where c.workspace_id = $1 and c.document_id = d.id and c.version = v.version) as chunks
     from unnest($2::uuid[], $3::int[]) w (id, version)
     join documents d on d.workspace_id = $1 and d.id = w.id and d.live_version = w.version
     join document_versions v on v.workspace_id = $1 and v.document_id = d.id and v.version = d.live_version`,
    [workspaceId, wanted.map((one) => one.documentId), wanted.map((one) => one.version)],
  );
  return rows.filter((row) => row.chunks !== null);
}

/** Locks those of the documents whose versions are still live, in the order of their ids. */
export async function lockLive(
  tx: Db,
  workspaceId: string,
  documents: { documentId: string; version: number }[],
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select d.id from documents d join unnest($2::uuid[], $3::int[]) w (id, version) on w.id = d.id and w.version = d.live_version
     where d.workspace_id = $1 order by d.id for update of d`,
    [workspaceId, documents.map((one) => one.documentId), documents.map((one) => one.version)],
  );
  return rows.map((row) => row.id);
}

/** After lockLive: where each document stands that has no vectors in the space, and which chunks it is searched by. */
export async function placesWithoutVectors(
  tx: Db,
  workspaceId: string,
  spaceKey: number,
  documentIds: string[],
): Promise<Map<string, { facet: number | null; chunkIds: Set<string> }>> {
  const { rows } = await tx.query<{ id: string; facet: number | null; chunkIds: string[] }>(
    `select r.document_id as id, max(r.facet) filter (where r.scope > 0) as facet,
       array_agg(r.chunk_id::text) filter (where r.scope <> 1) as "chunkIds"
     from search_rows r where r.document_id = any($3::uuid[]) and r.workspace_id = $1
       and not exists (select from search_vectors v where v.space_key = $2 and v.document_id = r.document_id and v.scope > 0)
     group by r.document_id`,
    [workspaceId, spaceKey, documentIds],
  );
  return new Map(rows.map(({ id, facet, chunkIds }) => [id, { facet, chunkIds: new Set(chunkIds) }]));
}
