import type { Document, NewDocument } from '../../protocol/knowledge.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';

type Slice = Pick<Deps, 'db' | 'queues'>;

/** Writes the document, to be indexed by a job. The same externalId replaces the content as a new version: `created` is false. */
export async function createDocument(
  _deps: Slice,
  _input: { workspaceId: string; document: NewDocument },
): Promise<{ document: Document; created: boolean }> {
  throw new AppError('unavailable', { detail: 'documents are being built' });
}

/** Up to 100 at once, in one transaction. */
export async function createDocuments(
  _deps: Slice,
  _input: { workspaceId: string; documents: NewDocument[] },
): Promise<Document[]> {
  throw new AppError('unavailable', { detail: 'documents are being built' });
}
