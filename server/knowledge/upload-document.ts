import type { Document, UploadFields } from '../../protocol/knowledge.ts';
import type { PoolClient } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { AppError, notFound } from '../errors.ts';
import { newId } from '../ids.ts';
import {
  type DocumentRow,
  insertVersions,
  lockDocument,
  requestIndexing,
  toDocument,
  updateDocument,
  upsertDocuments,
} from './document-queries.ts';
import { enqueueIndexing, showTo } from './documents.ts';
import { recogniseFile } from './recognise-file.ts';
import { findFileNamed, insertFile, lockFileName, type UploadedFile } from './upload-queries.ts';

type Slice = Pick<Deps, 'db' | 'queues'>;

const titleFromName = (fileName: string) =>
  fileName
    .replace(/\.[^.]+$/, '')
    .replace(/[_\s-]+/g, ' ')
    .trim()
    .slice(0, 500) || fileName.slice(0, 500);

const nameTaken = (row: DocumentRow) =>
  new AppError('conflict', {
    publicMessage: 'Another file of this name is there already. Replace it, or keep both.',
    extra: { document: toDocument(row) },
  });

/**
 * Takes a file whose content is what its name says; what only reading it shows is told by the document's index state. The file that
 * is there already, with the same name, content and fields, is not taken twice: its document is answered as `duplicate`, and read
 * again if that failed. An externalId, or `replaces`, makes the file the new version of its document. Throws `conflict` with the
 * document where the name is taken and `ifNameTaken` is `refuse`.
 */
export async function uploadDocument(
  deps: Slice,
  { workspaceId, file, fields: given }: { workspaceId: string; file: UploadedFile; fields: UploadFields },
): Promise<{ document: Document; duplicate: boolean }> {
  const { format, mediaType } = recogniseFile(file.name, file.bytes);
  const fields = { ...given, title: given.title?.trim() || undefined };
  const { row, duplicate } = await transaction(deps.db, async (tx) => {
    if (fields.externalId === undefined && fields.replaces === undefined) {
      await lockFileName(tx, workspaceId, file.name);
      const found = await findFileNamed(tx, workspaceId, file, fields);
      if (found?.isSame) return { row: await readAgainIfFailed(tx, workspaceId, found.row), duplicate: true };
      if (found && fields.ifNameTaken === 'refuse') throw nameTaken(found.row);
    }
    const row =
      fields.replaces === undefined
        ? await addOrReplace(tx, workspaceId, file, fields)
        : await replace(tx, workspaceId, fields.replaces, file, fields);
    const { id, version, title } = row;
    await insertVersions(tx, workspaceId, [{ documentId: id, version, title, format, body: null }]);
    await insertFile(tx, workspaceId, id, { version, fileName: file.name, mediaType, bytes: file.bytes });
    return { row, duplicate: false };
  });
  if (row.indexState === 'pending') enqueueIndexing(deps.queues, workspaceId, row);
  return { document: toDocument(row), duplicate };
}

async function readAgainIfFailed(tx: PoolClient, workspaceId: string, row: DocumentRow): Promise<DocumentRow> {
  return (row.indexState === 'failed' && (await requestIndexing(tx, workspaceId, row.id))) || row;
}

/** A new document, or the new version of the one with this externalId. */
async function addOrReplace(
  tx: PoolClient,
  workspaceId: string,
  file: UploadedFile,
  { externalId, title, url, locale, audience, status }: UploadFields,
): Promise<DocumentRow> {
  const [written] = await upsertDocuments(tx, workspaceId, [
    {
      id: newId(),
      externalId: externalId ?? null,
      kind: 'file',
      title: title ?? titleFromName(file.name),
      titleFromFile: title === undefined,
      url: url ?? null,
      locale: locale ?? 'en',
      audience: audience ?? 'public',
      status: status ?? 'published',
    },
  ]);
  if (!written) throw new Error('the document was not written');
  if (!written.created) await showTo(tx, workspaceId, written.row);
  return written.row;
}

/** The new version of this document, which keeps what no field says otherwise. */
async function replace(
  tx: PoolClient,
  workspaceId: string,
  documentId: string,
  file: UploadedFile,
  { title, url, locale, audience, status }: UploadFields,
): Promise<DocumentRow> {
  const before = await lockDocument(tx, workspaceId, documentId);
  if (!before) throw notFound('document');
  if (before.kind !== 'file') {
    throw new AppError('conflict', { publicMessage: 'An article that is written here is not replaced by a file.' });
  }
  const titleFromFile = title === undefined && before.titleFromFile;
  const after = {
    title: title ?? (titleFromFile ? titleFromName(file.name) : before.title),
    titleFromFile,
    url: url ?? before.url,
    locale: locale ?? before.locale,
    audience: audience ?? before.audience,
    status: status ?? before.status,
  };
  const row = await updateDocument(tx, workspaceId, documentId, after, true);
  if (!row) throw notFound('document');
  await showTo(tx, workspaceId, row);
  return row;
}
