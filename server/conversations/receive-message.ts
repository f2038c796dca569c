import type { PoolClient } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { newId } from '../ids.ts';
import { announceConversation, announceMessage } from './announce.ts';
import { type ConversationRow, lockConversation, openConversation } from './conversation-queries.ts';
import { findMessageByClientId, insertMessage, type MessageRow } from './message-queries.ts';
import { transition } from './transition.ts';
import { closeOpenTurn, insertTurn } from './turn-queries.ts';
import { wakeConversation } from './wake-conversation.ts';

export type CustomerMessage = {
  workspaceId: string;
  inboxId: string;
  customerId: string;
  /** Absent: a new conversation. */
  conversationId?: string;
  clientMessageId: string;
  body: string;
};

type Stored = Received & { turnId?: string; waiting?: boolean };

export type Received = { conversationId: string; message: MessageRow; duplicate: boolean };

/**
 * Takes a customer's message: when this resolves it is committed, with the turn that will deal with it. The same
 * clientMessageId again returns the stored message. Throws `not_found` for a conversation that is not this customer's.
 */
export async function receiveMessage(
  deps: Pick<Deps, 'db' | 'config' | 'queues' | 'publish' | 'log'>,
  input: CustomerMessage,
): Promise<Received> {
  const result = await transaction(deps.db, (tx) => store(tx, input, deps.config.answerDeadlineMs));
  if (result.duplicate) return result;
  const { workspaceId, customerId } = input;
  if (result.turnId) deps.queues.enqueue('answerTurn', { workspaceId, turnId: result.turnId }, `${result.turnId}-0`);
  if (result.waiting) deps.queues.enqueue('routeHandoffs', { workspaceId }, newId());
  announceMessage(deps, { workspaceId, customerId, conversationId: result.conversationId }, result.message);
  void announceConversation(deps, workspaceId, result.conversationId);
  return result;
}

async function store(tx: PoolClient, input: CustomerMessage, deadlineMs: number): Promise<Stored> {
  const conversation = await findOrOpen(tx, input);
  const repeated = await findMessageByClientId(tx, conversation, 'customer', input.clientMessageId);
  if (repeated) return { conversationId: conversation.id, message: repeated, duplicate: true };
  const actor = { kind: 'customer', id: input.customerId } as const;
  if (conversation.state === 'snoozed') await wakeConversation(tx, conversation, actor, 'the customer wrote');
  else await transition(tx, conversation, { event: 'customer_message', actor, reason: 'the customer wrote' });
  const message = await insertMessage(tx, conversation, {
    id: newId(),
    author: actor,
    body: input.body,
    clientMessageId: input.clientMessageId,
  });
  const turnId =
    conversation.state === 'assistant' ? await startTurn(tx, conversation, message.seq, deadlineMs) : undefined;
  return {
    conversationId: conversation.id,
    message,
    duplicate: false,
    turnId,
    waiting: conversation.state === 'waiting',
  };
}

async function findOrOpen(tx: PoolClient, input: CustomerMessage): Promise<ConversationRow> {
  if (input.conversationId === undefined)
    return openConversation(tx, { ...input, id: newId(), openedBy: input.clientMessageId });
  const conversation = await lockConversation(tx, input.workspaceId, input.conversationId);
  if (!conversation || conversation.customerId !== input.customerId) throw notFound('conversation');
  return conversation;
}

/** A newer message overtakes the turn that was dealing with an older one. */
async function startTurn(
  tx: PoolClient,
  conversation: ConversationRow,
  throughSeq: number,
  deadlineMs: number,
): Promise<string> {
  await closeOpenTurn(tx, conversation.workspaceId, conversation.id, 'superseded');
  const id = newId();
  await insertTurn(tx, {
    workspaceId: conversation.workspaceId,
    id,
    conversationId: conversation.id,
    throughSeq,
    deadlineMs,
  });
  return id;
}
