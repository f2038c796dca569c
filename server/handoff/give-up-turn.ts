import type { HandoffReason } from '../../protocol/conversation.ts';
import { announceConversation, announceMessage } from '../conversations/announce.ts';
import { lockConversation } from '../conversations/conversation-queries.ts';
import { insertMessage } from '../conversations/message-queries.ts';
import { assistantMaySpeak } from '../conversations/state-machine.ts';
import { systemLines } from '../conversations/system-lines.ts';
import { transition } from '../conversations/transition.ts';
import { finishTurn } from '../conversations/turn-queries.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';

type GivenUp = { workspaceId: string; id: string; conversationId: string };

/**
 * Answering did not work out: the customer is told so and handed to people. Works without Redis, a model or a worker, so
 * that nobody is stranded by their absence. Does nothing when the turn is no longer open.
 */
export async function giveUpTurn(
  deps: Pick<Deps, 'db' | 'publish' | 'queues' | 'log'>,
  turn: GivenUp,
  reason: Extract<HandoffReason, 'answering_failed' | 'answering_timed_out'>,
): Promise<void> {
  const { workspaceId, conversationId } = turn;
  const told = await transaction(deps.db, async (tx) => {
    const conversation = await lockConversation(tx, workspaceId, conversationId);
    const open = await tx.query(
      `select 1 from turns where workspace_id = $1 and id = $2 and state in ('pending', 'running') for update`,
      [workspaceId, turn.id],
    );
    if (!conversation || open.rowCount === 0 || !assistantMaySpeak(conversation.state)) return undefined;
    const message = await insertMessage(tx, conversation, {
      id: newId(),
      author: { kind: 'assistant', name: 'Assistant' },
      body: reason === 'answering_failed' ? systemLines.couldNotAnswer : systemLines.tookTooLong,
      turnId: turn.id,
    });
    await finishTurn(tx, turn, { state: 'failed', outcome: 'handed_off', messageId: message.id, trace: null });
    await transition(tx, conversation, { event: 'hand_off', actor: { kind: 'system' }, reason, handoff: { reason } });
    return { message, customerId: conversation.customerId };
  });
  if (!told) return;
  deps.log.warn({ turnId: turn.id, conversationId, reason }, 'turn given up');
  announceMessage(deps, { workspaceId, conversationId, customerId: told.customerId }, told.message);
  void announceConversation(deps, workspaceId, conversationId);
  deps.queues.enqueue('routeHandoffs', { workspaceId }, newId());
}
