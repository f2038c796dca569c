import type { TurnTrace } from '../../protocol/answer.ts';
import type { ConversationState, HandoffReason } from '../../protocol/conversation.ts';
import type { AuthorKind } from '../../protocol/message.ts';
import type { PoolClient } from '../db/pool.ts';
import { AppError } from '../errors.ts';
import { writeBrief } from '../handoff/brief.ts';
import { addDecliner, closeOpenHandoff, insertHandoff } from '../handoff/queries.ts';
import { newId } from '../ids.ts';
import type { ConversationRow } from './conversation-queries.ts';
import { type ConversationEvent, nextState } from './state-machine.ts';
import { closeOpenTurn } from './turn-queries.ts';

export type Actor = { kind: AuthorKind; id?: string };

export type HandoffDetails = {
  reason: HandoffReason;
  detail?: string;
  /** Routing does not hand it to them again. */
  declinedBy?: string[];
  teamId?: string | null;
  trace?: TurnTrace;
};

type Change = {
  event: ConversationEvent;
  actor: Actor;
  /** Why, in a word or a sentence; kept with the time. */
  reason: string;
} & Partial<{ assigneeId: string; until: Date; handoff: HandoffDetails }>;

/**
 * The one place where a conversation changes its state. The row must be locked by this transaction; it is updated in place.
 * Keeps what depends on the state true in the same transaction: a waiting conversation has a place in line, no other has one;
 * only one that is the assistant's has an open turn. Throws `transition_not_allowed` with the current state.
 */
export async function transition(tx: PoolClient, conversation: ConversationRow, change: Change): Promise<void> {
  const from = conversation.state;
  const to = nextState(from, change.event);
  if (!to) throw notAllowed(from, change.event);
  const assigneeId = assigneeAfter(to, conversation, change);
  if (from !== 'waiting' && to === 'waiting') {
    if (!change.handoff) throw new Error(`a conversation went to the queue by ${change.event} without a reason`);
    await enterQueue(tx, conversation, change.handoff);
  }
  if (from === 'waiting' && to === 'waiting' && change.handoff?.declinedBy) {
    for (const agentId of change.handoff.declinedBy)
      await addDecliner(tx, conversation.workspaceId, conversation.id, agentId);
  }
  if (from === 'waiting' && to !== 'waiting') {
    await closeOpenHandoff(tx, conversation.workspaceId, conversation.id, to === 'agent' ? assigneeId : null);
  }
  if (to !== 'assistant') {
    await closeOpenTurn(
      tx,
      conversation.workspaceId,
      conversation.id,
      change.event === 'hand_off' ? 'handed_off' : 'superseded',
    );
  }
  await saveState(tx, conversation, { from, to, assigneeId, change });
}

function assigneeAfter(to: ConversationState, conversation: ConversationRow, change: Change): string | null {
  if (to === 'agent') {
    const assigneeId = change.assigneeId ?? conversation.assigneeId;
    if (!assigneeId) throw new Error(`a conversation went to an agent by ${change.event} without one`);
    return assigneeId;
  }
  return to === 'snoozed' ? conversation.assigneeId : null;
}

async function enterQueue(tx: PoolClient, conversation: ConversationRow, handoff: HandoffDetails): Promise<void> {
  await insertHandoff(tx, {
    workspaceId: conversation.workspaceId,
    id: newId(),
    conversationId: conversation.id,
    reason: handoff.reason,
    detail: handoff.detail ?? null,
    brief: await writeBrief(tx, conversation, handoff.trace),
    declinedBy: handoff.declinedBy ?? [],
  });
}

async function saveState(
  tx: PoolClient,
  conversation: ConversationRow,
  {
    from,
    to,
    assigneeId,
    change,
  }: { from: ConversationState; to: ConversationState; assigneeId: string | null; change: Change },
): Promise<void> {
  const teamId = change.handoff?.teamId === undefined ? conversation.teamId : change.handoff.teamId;
  const until = to === 'snoozed' ? (change.until ?? null) : null;
  const changed =
    from !== to || assigneeId !== conversation.assigneeId || teamId !== conversation.teamId || until !== null;
  if (!changed) return;
  await tx.query(
    `with changed as (
       update conversations set state = $3, assignee_id = $4, team_id = $5, snoozed_until = $6, state_changed_at = now(), updated_at = now()
       where workspace_id = $1 and id = $2 returning 1
     )
     insert into conversation_transitions (workspace_id, conversation_id, id, from_state, to_state, reason, actor_kind, actor_id)
     select $1, $2, $7, $8, $3, $9, $10, $11 from changed`,
    [
      conversation.workspaceId,
      conversation.id,
      to,
      assigneeId,
      teamId,
      until,
      newId(),
      from,
      change.reason,
      change.actor.kind,
      change.actor.id ?? null,
    ],
  );
  Object.assign(conversation, { state: to, assigneeId, teamId, stateChangedAt: new Date() });
}

const eventWords: Record<ConversationEvent, string> = {
  customer_message: 'receive a message',
  hand_off: 'be handed to the queue',
  claim: 'be taken by an agent',
  resolve: 'be resolved',
  reopen: 'be reopened',
  snooze: 'be snoozed',
  wake_to_agent: 'be woken',
  wake_to_queue: 'be woken',
};

function notAllowed(state: ConversationState, event: ConversationEvent): AppError {
  return new AppError('transition_not_allowed', {
    publicMessage: `A conversation in the state "${state}" cannot ${eventWords[event]}.`,
    extra: { state },
  });
}
