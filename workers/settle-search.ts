import type { Deps } from '../server/deps.ts';
import type { EncoderDeps } from '../server/knowledge/encoders.ts';
import { settleSearch as settle } from '../server/knowledge/settle-search.ts';
import type { JobPayload } from '../server/queue/jobs.ts';

/** Takes up what a process that stopped or died left undone after it had indexed documents, and what an upgrade has made due. */
export async function settleSearch(
  deps: Pick<Deps, 'db' | 'log'> & EncoderDeps,
  { workspaceId }: JobPayload<'settleSearch'>,
  stopping: AbortSignal,
): Promise<void> {
  await settle(deps, workspaceId, stopping);
}
