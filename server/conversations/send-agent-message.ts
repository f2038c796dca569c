import type { Visibility } from '../../protocol/message.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { AppError, notFound } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Principal } from '../staff/principal.ts';
import { announceConversation, announceMessage } from './announce.ts';
import { lockConversation } from './conversation-queries.ts';
import { findMessageByClientId, insertMessage, type MessageRow } from './message-queries.ts';
import { transition } from './transition.ts';

export type AgentMessage = {
  conversationId: string;
  clientMessageId: string;
  body: string;
  visibility: Visibility;
};

/**
 * An agent's reply or note; committed when this resolves. Whoever answers the customer takes the conversation, unless another
 * agent holds it: then it stays theirs. A note changes nothing but the record. The same clientMessageId again returns the
 * stored message.
 */
export async function sendAgentMessage(
  deps: Pick<Deps, 'db' | 'publish' | 'log'>,
  principal: Principal,
  input: AgentMessage,
): Promise<{ message: MessageRow; duplicate: boolean }> {
  const { workspaceId, agentId } = principal;
  const sent = await transaction(deps.db, async (tx) => {
    const conversation = await lockConversation(tx, workspaceId, input.conversationId);
    if (!conversation) throw notFound('conversation');
    const repeated = await findMessageByClientId(tx, conversation, 'agent', input.clientMessageId);
    if (repeated && repeated.authorId !== agentId) throw takenByAnother();
    if (repeated) return { message: repeated, duplicate: true, customerId: conversation.customerId };
    if (input.visibility === 'public' && conversation.state !== 'agent') {
      const actor = { kind: 'agent', id: agentId } as const;
      await transition(tx, conversation, { event: 'claim', actor, reason: 'replied', assigneeId: agentId });
    }
    const message = await insertMessage(tx, conversation, {
      id: newId(),
      author: { kind: 'agent', id: agentId, name: principal.name },
      body: input.body,
      visibility: input.visibility,
      clientMessageId: input.clientMessageId,
    });
    return { message, duplicate: false, customerId: conversation.customerId };
  });
  if (!sent.duplicate) {
    announceMessage(
      deps,
      { workspaceId, conversationId: input.conversationId, customerId: sent.customerId },
      sent.message,
    );
    void announceConversation(deps, workspaceId, input.conversationId);
  }
  return { message: sent.message, duplicate: sent.duplicate };
}

/** Not a repeat: taking it for one would lose the second agent's words. */
const takenByAnother = () =>
  new AppError('conflict', { publicMessage: 'Another agent used this clientMessageId here. Take a new one.' });
