import { createHash } from 'node:crypto';
import type { UploadFields } from '../../protocol/knowledge.ts';
import type { Db } from '../db/pool.ts';
import { type DocumentRow, documentColumns } from './document-queries.ts';

export type UploadedFile = { name: string; bytes: Uint8Array };

/** Until the end of the transaction no other file of this name is looked for or added. */
export async function lockFileName(tx: Db, workspaceId: string, name: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('file:' || $1 || $2, 9))`, [workspaceId, name]);
}

/**
 * The document whose newest version is a file of this name: before others the one with the same content and nothing else than the
 * fields say (`isSame`), then the one that was changed last. Relies on document_files_by_name.
 */
export async function findFileNamed(
  tx: Db,
  workspaceId: string,
  file: UploadedFile,
  fields: Pick<UploadFields, 'title' | 'url' | 'locale' | 'audience' | 'status'>,
): Promise<{ row: DocumentRow; isSame: boolean } | undefined> {
  const { rows } = await tx.query<DocumentRow & { isSame: boolean }>(
    // `case`: only what has the same length is read
    `select ${documentColumns}, case when octet_length(f.bytes) = $3
         and ($5::text is null or d.title = $5) and ($6::text is null or d.url = $6) and ($7::text is null or d.locale = $7)
         and ($8::text is null or d.audience = $8) and ($9::text is null or d.status = $9)
       then sha256(f.bytes) = $4 else false end as "isSame"
     from document_files f
     join documents d on d.workspace_id = f.workspace_id and d.id = f.document_id and d.version = f.version
     where f.workspace_id = $1 and f.file_name = $2
     order by "isSame" desc, d.updated_at desc, d.id desc limit 1`,
    [
      workspaceId,
      file.name,
      file.bytes.byteLength,
      createHash('sha256').update(file.bytes).digest(),
      fields.title ?? null,
      fields.url ?? null,
      fields.locale ?? null,
      fields.audience ?? null,
      fields.status ?? null,
    ],
  );
  const [found] = rows;
  if (!found) return undefined;
  const { isSame, ...row } = found;
  return { row, isSame };
}

export async function insertFile(
  db: Db,
  workspaceId: string,
  documentId: string,
  file: { version: number; fileName: string; mediaType: string; bytes: Uint8Array },
): Promise<void> {
  await db.query(
    `insert into document_files (workspace_id, document_id, version, file_name, media_type, bytes) values ($1, $2, $3, $4, $5, $6)`,
    [workspaceId, documentId, file.version, file.fileName, file.mediaType, file.bytes],
  );
}
