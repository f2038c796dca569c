import { announceConversation, announceMessage } from '../conversations/announce.ts';
import { lockConversation } from '../conversations/conversation-queries.ts';
import { insertMessage } from '../conversations/message-queries.ts';
import { systemLines } from '../conversations/system-lines.ts';
import { transition } from '../conversations/transition.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';
import { isPresent, listAbandoned } from '../staff/presence-queries.ts';

const atOnce = 100;

type Slice = Pick<Deps, 'db' | 'publish' | 'log' | 'config'>;
type Abandoned = { workspaceId: string; conversationId: string; agentId: string };

/**
 * What absent agents hold goes back to the queue, and its customers are told. One that fails is tried again the next time and keeps
 * no other waiting. Returns the workspaces that have work to route.
 */
export async function returnAbandoned(deps: Slice): Promise<Set<string>> {
  const workspaces = new Set<string>();
  for (const abandoned of await listAbandoned(deps.db, deps.config.agentGraceMs, atOnce)) {
    try {
      if (await returnOne(deps, abandoned)) workspaces.add(abandoned.workspaceId);
    } catch (error) {
      deps.log.warn({ err: error, conversationId: abandoned.conversationId }, 'conversation not returned to the queue');
    }
  }
  return workspaces;
}

async function returnOne(deps: Slice, { workspaceId, conversationId, agentId }: Abandoned): Promise<boolean> {
  const returned = await transaction(deps.db, async (tx) => {
    const conversation = await lockConversation(tx, workspaceId, conversationId);
    if (conversation?.state !== 'agent' || conversation.assigneeId !== agentId) return undefined;
    if (await isPresent(tx, workspaceId, agentId)) return undefined;
    const reason = 'agent_offline';
    await transition(tx, conversation, { event: 'hand_off', actor: { kind: 'system' }, reason, handoff: { reason } });
    const message = await insertMessage(tx, conversation, {
      id: newId(),
      author: { kind: 'system' },
      body: systemLines.agentLeft,
    });
    return { message, customerId: conversation.customerId };
  });
  if (!returned) return false;
  announceMessage(deps, { workspaceId, conversationId, customerId: returned.customerId }, returned.message);
  await announceConversation(deps, workspaceId, conversationId);
  return true;
}
