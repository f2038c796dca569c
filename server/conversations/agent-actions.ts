import type { PoolClient } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { AppError, notFound } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Principal } from '../staff/principal.ts';
import { announceConversation, announceMessage } from './announce.ts';
import { type ConversationRow, lockConversation } from './conversation-queries.ts';
import { insertMessage, type MessageRow } from './message-queries.ts';
import { systemLines } from './system-lines.ts';
import { type HandoffDetails, transition } from './transition.ts';

type ActionDeps = Pick<Deps, 'db' | 'publish' | 'queues' | 'log'>;
/** Changes the locked conversation; may return a line that both sides are shown. */
type Action = (tx: PoolClient, conversation: ConversationRow) => Promise<MessageRow | undefined>;

async function act(deps: ActionDeps, principal: Principal, conversationId: string, action: Action): Promise<void> {
  const { workspaceId } = principal;
  const done = await transaction(deps.db, async (tx) => {
    const conversation = await lockConversation(tx, workspaceId, conversationId);
    if (!conversation) throw notFound('conversation');
    const message = await action(tx, conversation);
    return { message, customerId: conversation.customerId };
  });
  if (done.message) announceMessage(deps, { workspaceId, conversationId, customerId: done.customerId }, done.message);
  await announceConversation(deps, workspaceId, conversationId);
  // a place in line or an agent's hands may have become free
  deps.queues.enqueue('routeHandoffs', { workspaceId }, newId());
}

const actorOf = (principal: Principal) => ({ kind: 'agent', id: principal.agentId }) as const;
const systemMessage = (tx: PoolClient, conversation: ConversationRow, body: string) =>
  insertMessage(tx, conversation, { id: newId(), author: { kind: 'system' }, body });

/** The agent takes it, from the assistant, the queue or another agent. Taking what one holds already changes nothing. */
export function claimConversation(deps: ActionDeps, principal: Principal, conversationId: string): Promise<void> {
  return act(deps, principal, conversationId, async (tx, conversation) => {
    if (conversation.state === 'agent' && conversation.assigneeId === principal.agentId) return undefined;
    await transition(tx, conversation, {
      event: 'claim',
      actor: actorOf(principal),
      reason: 'claimed',
      assigneeId: principal.agentId,
    });
    return systemMessage(tx, conversation, systemLines.agentJoined(principal.name));
  });
}

export function assignConversation(
  deps: ActionDeps,
  principal: Principal,
  conversationId: string,
  to: { agentId?: string; teamId?: string },
): Promise<void> {
  const { agentId, teamId } = to;
  return act(deps, principal, conversationId, async (tx, conversation) => {
    if (agentId !== undefined) return assignToAgent(tx, conversation, principal, agentId);
    if (teamId === undefined) throw new AppError('invalid_input', { publicMessage: 'Give either agentId or teamId.' });
    const team = await tx.query('select 1 from teams where workspace_id = $1 and id = $2', [
      principal.workspaceId,
      teamId,
    ]);
    if (team.rowCount === 0) throw notFound('team');
    await giveBack(tx, conversation, principal, { reason: 'agent_asked', teamId });
    return undefined;
  });
}

async function assignToAgent(tx: PoolClient, conversation: ConversationRow, principal: Principal, agentId: string) {
  const found = await tx.query<{ name: string }>(
    `select name from agents where workspace_id = $1 and id = $2 and status = 'active'`,
    [principal.workspaceId, agentId],
  );
  const agent = found.rows[0];
  if (!agent) throw notFound('agent');
  if (conversation.state === 'agent' && conversation.assigneeId === agentId) return undefined;
  await transition(tx, conversation, {
    event: 'claim',
    actor: actorOf(principal),
    reason: 'assigned',
    assigneeId: agentId,
  });
  return systemMessage(tx, conversation, systemLines.agentJoined(agent.name));
}

function giveBack(
  tx: PoolClient,
  conversation: ConversationRow,
  principal: Principal,
  handoff: HandoffDetails,
): Promise<void> {
  return transition(tx, conversation, {
    event: 'hand_off',
    actor: actorOf(principal),
    reason: handoff.detail ?? handoff.reason,
    handoff,
  });
}

/** Back to the queue, for anyone but the agent who gives it back. */
export function handToQueue(
  deps: ActionDeps,
  principal: Principal,
  conversationId: string,
  reason: string,
): Promise<void> {
  return act(deps, principal, conversationId, async (tx, conversation) => {
    const held = conversation.state === 'agent' || conversation.state === 'snoozed';
    const declinedBy = held && conversation.assigneeId === principal.agentId ? [principal.agentId] : [];
    const handoff = { reason: held ? 'agent_returned' : 'agent_asked', detail: reason, declinedBy } as const;
    const before = conversation.state;
    await giveBack(tx, conversation, principal, handoff);
    return before === 'waiting' ? undefined : systemMessage(tx, conversation, systemLines.handedOff);
  });
}

/** Resolving what is resolved changes nothing. */
export function resolveConversation(deps: ActionDeps, principal: Principal, conversationId: string): Promise<void> {
  return act(deps, principal, conversationId, async (tx, conversation) => {
    if (conversation.state === 'resolved') return undefined;
    await transition(tx, conversation, { event: 'resolve', actor: actorOf(principal), reason: 'resolved by an agent' });
    return undefined;
  });
}

export function reopenConversation(deps: ActionDeps, principal: Principal, conversationId: string): Promise<void> {
  return act(deps, principal, conversationId, async (tx, conversation) => {
    await transition(tx, conversation, {
      event: 'reopen',
      actor: actorOf(principal),
      reason: 'reopened',
      assigneeId: principal.agentId,
    });
    return undefined;
  });
}

/** Until a moment from now on, or the customer's next message. */
export function snoozeConversation(
  deps: ActionDeps,
  principal: Principal,
  conversationId: string,
  until: Date,
): Promise<void> {
  if (until.getTime() <= Date.now())
    throw new AppError('invalid_input', { publicMessage: 'until lies in the past; give a time to come.' });
  return act(deps, principal, conversationId, async (tx, conversation) => {
    await transition(tx, conversation, { event: 'snooze', actor: actorOf(principal), reason: 'snoozed', until });
    return undefined;
  });
}
