import type { PoolClient } from '../db/pool.ts';
import { isPresent } from '../staff/presence-queries.ts';
import type { ConversationRow } from './conversation-queries.ts';
import { type Actor, transition } from './transition.ts';

/** A snoozed conversation goes back to its agent, or to the queue when the agent is not there. */
export async function wakeConversation(
  tx: PoolClient,
  conversation: ConversationRow,
  actor: Actor,
  reason: string,
): Promise<void> {
  const there =
    conversation.assigneeId !== null && (await isPresent(tx, conversation.workspaceId, conversation.assigneeId));
  if (there) return transition(tx, conversation, { event: 'wake_to_agent', actor, reason });
  const handoff = { reason: actor.kind === 'customer' ? 'customer_returned' : 'agent_offline' } as const;
  return transition(tx, conversation, { event: 'wake_to_queue', actor, reason, handoff });
}
