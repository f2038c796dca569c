import type { Page } from '../../protocol/common.ts';
import type { Document, DocumentPatch, DocumentWithBody, NewDocument } from '../../protocol/knowledge.ts';
import type { PoolClient } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { newId } from '../ids.ts';
import { isIndexedAlone } from './claim-queries.ts';
import { readCursor, writeCursor } from './cursor.ts';
import {
  copyVersion,
  type DocumentFilter,
  type DocumentRow,
  deleteDocumentRow,
  findDocument,
  insertVersions,
  listDocuments,
  lockDocument,
  requestIndexing,
  toDocument,
  updateDocument,
  upsertDocuments,
} from './document-queries.ts';
import { moveDocument } from './facet-queries.ts';
import { forgetTerms } from './stats-queries.ts';
import type { UnfinishedDocument } from './unfinished-documents.ts';

/*
 * The commands on documents. What is to be indexed is a row that says so, written with the change; the job is asked for after the
 * commit, and by the sweeper where that got lost.
 */

type Slice = Pick<Deps, 'db' | 'queues'>;
type One = { workspaceId: string; documentId: string };

/** The same request has the same key: a change or a new attempt has another. */
export const indexingKey = (id: string, requestedAt: Date, attempt: number) =>
  `index-${id}-${requestedAt.getTime()}-${attempt}`;

export function enqueueIndexing(queues: Deps['queues'], workspaceId: string, row: DocumentRow): void {
  const key = indexingKey(row.id, row.indexRequestedAt, row.indexAttempt);
  queues.enqueue('indexDocument', { workspaceId, documentId: row.id }, key);
}

/** A job takes what is due with its document: one for every so many of a workspace is enough. */
const documentsPerJob = 50;

/** Asks for the jobs that these documents need; what is indexed alone has one of its own. */
export function enqueueDue(queues: Deps['queues'], due: UnfinishedDocument[]): void {
  const together = new Map<string, number>();
  for (const { workspaceId, documentId, requestedAt, attempt } of due) {
    const before = together.get(workspaceId) ?? 0;
    if (!isIndexedAlone(attempt)) together.set(workspaceId, before + 1);
    if (!isIndexedAlone(attempt) && before % documentsPerJob !== 0) continue;
    queues.enqueue('indexDocument', { workspaceId, documentId }, indexingKey(documentId, requestedAt, attempt));
  }
}

/** In the order given, in which every externalId comes once at most. */
async function write(tx: PoolClient, workspaceId: string, documents: NewDocument[]) {
  const written = await upsertDocuments(
    tx,
    workspaceId,
    documents.map(({ kind, title, locale, audience, status, ...document }) => ({
      id: newId(),
      externalId: document.externalId ?? null,
      kind,
      title,
      titleFromFile: false,
      url: document.url ?? null,
      locale,
      audience,
      status,
    })),
  );
  const versions = written.map(({ row }, index) => {
    const { format, body } = documents[index] ?? { format: 'markdown', body: null };
    return { documentId: row.id, version: row.version, title: row.title, format, body };
  });
  await insertVersions(tx, workspaceId, versions);
  for (const { row, created } of written) if (!created) await showTo(tx, workspaceId, row);
  return written;
}

/** The old version stays live until the new one is indexed, but not for those who may no longer see the document. */
export const showTo = (tx: PoolClient, workspaceId: string, row: DocumentRow) =>
  moveDocument(tx, workspaceId, row.id, {
    audience: row.audience,
    published: row.status === 'published',
    locale: row.locale,
  });

/** Writes the document, to be indexed by a job. The same externalId replaces the content as a new version: `created` is false. */
export async function createDocument(
  deps: Slice,
  { workspaceId, document }: { workspaceId: string; document: NewDocument },
): Promise<{ document: Document; created: boolean }> {
  const [written] = await transaction(deps.db, (tx) => write(tx, workspaceId, [document]));
  if (!written) throw new Error('the document was not written');
  enqueueIndexing(deps.queues, workspaceId, written.row);
  return { document: toDocument(written.row), created: written.created };
}

/** All or none, in their order. An externalId that comes twice ends as its last content. */
export async function createDocuments(
  deps: Slice,
  { workspaceId, documents }: { workspaceId: string; documents: NewDocument[] },
): Promise<Document[]> {
  const rows = await transaction(deps.db, async (tx) => {
    const written = new Map<NewDocument, DocumentRow>();
    for (const round of rounds(documents)) {
      const made = await write(tx, workspaceId, round);
      for (const [index, { row }] of made.entries()) written.set(round[index] ?? never(), row);
    }
    return documents.map((document) => written.get(document) ?? never());
  });
  enqueueDue(
    deps.queues,
    rows.map(({ id, indexRequestedAt, indexAttempt }) => ({
      workspaceId,
      documentId: id,
      requestedAt: indexRequestedAt,
      attempt: indexAttempt,
    })),
  );
  return rows.map(toDocument);
}

/**
 * The first of each externalId, then the second, and so on; each round in the order of the externalIds, so that two batches of the
 * same documents wait for each other instead of deadlocking.
 */
function rounds(documents: NewDocument[]): NewDocument[][] {
  const seen = new Map<string, number>();
  const made: NewDocument[][] = [];
  for (const document of documents) {
    const round = document.externalId === undefined ? 0 : (seen.get(document.externalId) ?? 0);
    if (document.externalId !== undefined) seen.set(document.externalId, round + 1);
    made[round] = [...(made[round] ?? []), document];
  }
  return made.map((round) => round.toSorted(compare));
}

const compare = (one: NewDocument, other: NewDocument) => {
  const [a, b] = [one.externalId ?? '', other.externalId ?? ''];
  return a < b ? -1 : a > b ? 1 : 0;
};

function never(): never {
  throw new Error('every document was written');
}

export async function getDocument(deps: Pick<Deps, 'db'>, { workspaceId, documentId }: One): Promise<DocumentWithBody> {
  const document = await findDocument(deps.db, workspaceId, documentId);
  if (!document) throw notFound('document');
  return document;
}

export async function getDocuments(
  deps: Pick<Deps, 'db'>,
  {
    workspaceId,
    filter,
    limit,
    cursor,
  }: { workspaceId: string; filter: DocumentFilter; limit: number; cursor?: string | undefined },
): Promise<Page<Document>> {
  const before = cursor === undefined ? undefined : readCursor(cursor);
  const rows = await listDocuments(deps.db, workspaceId, filter, before, limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit;
  return {
    data: page.map(({ document }) => document),
    page: {
      hasMore,
      nextCursor: hasMore && last ? writeCursor({ updatedAt: last.updatedAt, id: last.document.id }) : null,
    },
  };
}

/** Who may see it changes at once; what it says is live when it is indexed, and until then the version before. */
export async function patchDocument(
  deps: Slice,
  { workspaceId, documentId, patch }: One & { patch: DocumentPatch },
): Promise<Document> {
  const { row, newVersion } = await transaction(deps.db, async (tx) => {
    const before = await lockDocument(tx, workspaceId, documentId);
    if (!before) throw notFound('document');
    const { body, format, ...values } = patch;
    const titleFromFile = before.titleFromFile && values.title === undefined && body === undefined;
    const after = { ...before, ...values, titleFromFile };
    const newVersion =
      body !== undefined ||
      format !== undefined ||
      after.title !== before.title ||
      titleFromFile !== before.titleFromFile ||
      after.locale !== before.locale;
    const row = await updateDocument(tx, workspaceId, documentId, after, newVersion);
    if (!row) throw notFound('document');
    await showTo(tx, workspaceId, row);
    if (body !== undefined) {
      const { version, title } = row;
      await insertVersions(tx, workspaceId, [{ documentId, version, title, format: format ?? 'markdown', body }]);
    } else if (newVersion) await copyVersion(tx, workspaceId, documentId, before.version, row.title, format);
    return { row, newVersion };
  });
  if (newVersion) enqueueIndexing(deps.queues, workspaceId, row);
  return toDocument(row);
}

/** Gone from search when this resolves. Citations keep their quotes. */
export async function deleteDocument(deps: Pick<Deps, 'db'>, { workspaceId, documentId }: One): Promise<void> {
  await transaction(deps.db, async (tx) => {
    if (!(await lockDocument(tx, workspaceId, documentId))) throw notFound('document');
    await forgetTerms(tx, workspaceId, [documentId]);
    await deleteDocumentRow(tx, workspaceId, documentId);
  });
}

/** Indexes the newest version again, also after it failed. What is live stays live meanwhile. */
export async function reindexDocument(deps: Slice, { workspaceId, documentId }: One): Promise<Document> {
  const row = await requestIndexing(deps.db, workspaceId, documentId);
  if (!row) throw notFound('document');
  enqueueIndexing(deps.queues, workspaceId, row);
  return toDocument(row);
}
