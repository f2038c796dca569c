import type { Deps } from '../server/deps.ts';
import { AppError } from '../server/errors.ts';
import type { JobPayload } from '../server/queue/jobs.ts';

/** Parses, splits and embeds a document's newest version and switches search over to it. Running it twice changes nothing. */
export async function indexDocument(
  _deps: Pick<Deps, 'config' | 'db' | 'encoder' | 'log'>,
  _payload: JobPayload<'indexDocument'>,
): Promise<void> {
  throw new AppError('unavailable', { detail: 'indexing is being built' });
}
