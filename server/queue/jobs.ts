import { z } from 'zod';

/**
 * The kinds of work, one queue each, so that a thousand pages to index never delay one reply. A payload holds ids, not rows:
 * the handler reads the row, looks whether the work is still to be done, and only then does it.
 */
export const jobs = {
  answerTurn: { queue: 'turns', payload: z.object({ workspaceId: z.uuid(), turnId: z.uuid() }) },
  indexDocument: { queue: 'indexing', payload: z.object({ workspaceId: z.uuid(), documentId: z.uuid() }) },
  fillSpace: { queue: 'filling', payload: z.object({ workspaceId: z.uuid(), spaceId: z.uuid() }) },
  deleteSpace: { queue: 'removal', payload: z.object({ workspaceId: z.uuid(), spaceId: z.uuid() }) },
  settleSearch: { queue: 'settling', payload: z.object({ workspaceId: z.uuid() }) },
  runEvaluation: { queue: 'evaluation', payload: z.object({ workspaceId: z.uuid(), runId: z.uuid() }) },
  routeHandoffs: { queue: 'routing', payload: z.object({ workspaceId: z.uuid() }) },
};

export type JobName = keyof typeof jobs;
export type JobPayload<Name extends JobName> = z.infer<(typeof jobs)[Name]['payload']>;
