import type { Db } from '../db/pool.ts';

/*
 * The right to index a document: a row of documents that is `running` with this version and attempt. It is lost when any of the
 * three is another, so whoever writes on it looks again under the row's lock.
 */
export type Claim = { workspaceId: string; documentId: string; version: number; attempt: number };

/** From this attempt on a document is indexed alone: it may be what ended the others. */
const aloneFromAttempt = 2;
export const isIndexedAlone = (attempt: number): boolean => attempt >= aloneFromAttempt;

/**
 * Claims the newest version of the document and of others of the workspace that are due with it, `limit` in all: what is pending,
 * or running past its lease, the longest due first. What another worker is just claiming is left to it. `exhausted`: those that
 * have been tried as often as they may be.
 */
export async function claimDocuments(
  tx: Db,
  workspaceId: string,
  documentId: string,
  { limit, leaseMs, attemptsMax }: { limit: number; leaseMs: number; attemptsMax: number },
): Promise<{ claims: Claim[]; exhausted: string[] }> {
  const due = `workspace_id = $1 and (index_state = 'pending' or (index_state = 'running' and index_lease_until < now()))`;
  const columns = 'id as "documentId", version, index_attempt as attempt';
  const { rows } = await tx.query<{ documentId: string; version: number; attempt: number }>({
    name: 'claim_documents',
    // apart, so that the others are read in the order of documents_unfinished, and not all that is due
    text: `with own as (select ${columns} from documents where ${due} and id = $2 for update skip locked),
       others as (
         select ${columns} from documents where ${due} and id <> $2 and index_requested_at <= now() and index_attempt < ${aloneFromAttempt}
         order by index_requested_at, id limit $3 for update skip locked)
     select * from own union all select * from others limit $3`,
    values: [workspaceId, documentId, limit],
  });
  const [first] = rows;
  const mine = first?.documentId === documentId && isIndexedAlone(first.attempt) ? [first] : rows;
  const exhausted = mine.filter((row) => row.attempt >= attemptsMax);
  const claims = mine
    .filter((row) => row.attempt < attemptsMax)
    .map((row) => ({ ...row, workspaceId, attempt: row.attempt + 1 }));
  await tx.query(
    `update documents set index_state = 'running', index_attempt = index_attempt + 1, index_error = null,
       index_lease_until = now() + $3 * interval '1 millisecond' where workspace_id = $1 and id = any($2::uuid[])`,
    [workspaceId, claims.map((claim) => claim.documentId), leaseMs],
  );
  return { claims, exhausted: exhausted.map((row) => row.documentId) };
}

/** `d` is still under the claim `c`. */
const stillMine = `d.workspace_id = $1 and d.id = c.id and d.version = c.version and d.index_attempt = c.attempt
  and d.index_state = 'running'`;
const claimed = 'unnest($2::uuid[], $3::int[], $4::int[]) c (id, version, attempt)';
const claimValues = (claims: Claim[]) => [
  claims[0]?.workspaceId,
  claims.map((claim) => claim.documentId),
  claims.map((claim) => claim.version),
  claims.map((claim) => claim.attempt),
];

/** The ids of the documents that are still claimed: of the others a newer version came, they are gone, or another worker took over. */
export async function renewLeases(db: Db, claims: Claim[], leaseMs: number): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    `update documents d set index_lease_until = now() + $5 * interval '1 millisecond' from ${claimed}
     where ${stillMine} returning d.id`,
    [...claimValues(claims), leaseMs],
  );
  return new Set(rows.map((row) => row.id));
}

export async function failIndexing(db: Db, claim: Claim, reason: string): Promise<void> {
  await db.query(
    `update documents d set index_state = 'failed', index_error = $5, index_lease_until = null, index_finished_at = now()
     from ${claimed} where ${stillMine}`,
    [...claimValues([claim]), reason],
  );
}

/** Fails whatever state it is in that is not finished: for documents whose attempts are used up. */
export async function failExhausted(db: Db, workspaceId: string, documentIds: string[], reason: string): Promise<void> {
  await db.query(
    `update documents set index_state = 'failed', index_error = $3, index_lease_until = null, index_finished_at = now()
     where workspace_id = $1 and id = any($2::uuid[]) and index_state in ('pending', 'running')`,
    [workspaceId, documentIds, reason],
  );
}

/** Back in line, for after the delay; the attempt stays counted. */
export async function postponeIndexing(db: Db, claim: Claim, delayMs: number): Promise<void> {
  await db.query(
    `update documents d set index_state = 'pending', index_lease_until = null,
       index_requested_at = now() + $5 * interval '1 millisecond' from ${claimed} where ${stillMine}`,
    [...claimValues([claim]), delayMs],
  );
}

/** `isLive`: another version is found, and has to go. */
export type Visibility = { audience: string; status: string; locale: string; isLive: boolean };

/** Locks the documents for the switch to their new versions, those whose claims still hold, in the order of their ids. */
export async function lockForSwitch(tx: Db, claims: Claim[]): Promise<Map<string, Visibility>> {
  const { rows } = await tx.query<Visibility & { id: string }>(
    `select d.id, d.audience, d.status, d.locale, d.live_version is not null as "isLive" from documents d, ${claimed}
     where ${stillMine} order by d.id for update of d`,
    claimValues(claims),
  );
  return new Map(rows.map(({ id, ...visibility }) => [id, visibility]));
}

/** `markdown`: null where the version's body is that already. */
export type Finished = { documentId: string; version: number; title: string; markdown: string | null; chunks: number };

/** After lockForSwitch, in its transaction: the versions are live. */
export async function finishIndexing(tx: Db, workspaceId: string, finished: Finished[]): Promise<void> {
  const parsed = finished.filter((one) => one.markdown !== null);
  if (parsed.length > 0) {
    await tx.query(
      `update document_versions v set markdown = f.markdown, title = f.title
       from unnest($2::uuid[], $3::int[], $4::text[], $5::text[]) f (id, version, markdown, title)
       where v.workspace_id = $1 and v.document_id = f.id and v.version = f.version`,
      [
        workspaceId,
        parsed.map((one) => one.documentId),
        parsed.map((one) => one.version),
        parsed.map((one) => one.markdown),
        parsed.map((one) => one.title),
      ],
    );
  }
  await tx.query(
    `update documents d set index_state = 'done', index_error = null, index_lease_until = null, live_version = f.version,
       chunk_count = f.chunks, title = f.title, index_finished_at = now()
     from unnest($2::uuid[], $3::int[], $4::int[], $5::text[]) f (id, version, chunks, title) where d.workspace_id = $1 and d.id = f.id`,
    [
      workspaceId,
      finished.map((one) => one.documentId),
      finished.map((one) => one.version),
      finished.map((one) => one.chunks),
      finished.map((one) => one.title),
    ],
  );
}
