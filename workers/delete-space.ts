import type { Deps } from '../server/deps.ts';
import { removeSpace } from '../server/knowledge/remove-space.ts';
import type { JobPayload } from '../server/queue/jobs.ts';

export async function deleteSpace(
  deps: Pick<Deps, 'db'>,
  { workspaceId, spaceId }: JobPayload<'deleteSpace'>,
): Promise<void> {
  await removeSpace(deps, { workspaceId, spaceId });
}
