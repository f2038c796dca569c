import { announceConversation, announceMessage, announceQueue } from '../conversations/announce.ts';
import { lockConversation } from '../conversations/conversation-queries.ts';
import { insertMessage } from '../conversations/message-queries.ts';
import { systemLines } from '../conversations/system-lines.ts';
import { transition } from '../conversations/transition.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { newId } from '../ids.ts';

type HandoffRequest = { workspaceId: string; customerId: string; conversationId: string };

/** The customer asks for a person. Asking again while waiting, or while an agent holds the conversation, changes nothing. */
export async function requestHandoff(
  deps: Pick<Deps, 'db' | 'publish' | 'queues' | 'log'>,
  input: HandoffRequest,
): Promise<void> {
  const { workspaceId, customerId, conversationId } = input;
  const message = await transaction(deps.db, async (tx) => {
    const conversation = await lockConversation(tx, workspaceId, conversationId);
    if (!conversation || conversation.customerId !== customerId) throw notFound('conversation');
    if (conversation.state === 'waiting' || conversation.state === 'agent') return undefined;
    const reason = 'customer_asked';
    await transition(tx, conversation, {
      event: 'hand_off',
      actor: { kind: 'customer', id: customerId },
      reason,
      handoff: { reason },
    });
    return insertMessage(tx, conversation, { id: newId(), author: { kind: 'system' }, body: systemLines.handedOff });
  });
  if (!message) return;
  announceMessage(deps, input, message);
  await announceConversation(deps, workspaceId, conversationId);
  void announceQueue(deps, workspaceId);
  deps.queues.enqueue('routeHandoffs', { workspaceId }, newId());
}
