import type { Deps } from '../server/deps.ts';
import { routeWaiting } from '../server/handoff/route-waiting.ts';
import type { JobPayload } from '../server/queue/jobs.ts';

export async function routeHandoffs(deps: Deps, { workspaceId }: JobPayload<'routeHandoffs'>): Promise<void> {
  await routeWaiting(deps, workspaceId);
}
