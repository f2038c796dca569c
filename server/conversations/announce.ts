import type { QueuePlace } from '../../protocol/conversation.ts';
import type { Deps } from '../deps.ts';
import { listQueuePlaces } from '../handoff/queries.ts';
import { findConversation } from './conversation-queries.ts';
import type { MessageRow } from './message-queries.ts';
import { toAgentConversation, toAgentMessage, toCustomerConversation, toCustomerMessage } from './views.ts';

type Scope = { workspaceId: string; conversationId: string; customerId: string };

/** Tells both sides of a committed message. Notes reach agents only. */
export function announceMessage(deps: Pick<Deps, 'publish'>, scope: Scope, row: MessageRow): void {
  const { conversationId } = scope;
  deps.publish.toAgents(scope.workspaceId, 'message:created', {
    conversationId,
    message: toAgentMessage(row),
    prevSeq: row.seq - 1,
  });
  if (row.visibility === 'public') {
    deps.publish.toCustomer(scope.customerId, 'message:created', {
      conversationId,
      message: toCustomerMessage(row),
      prevSeq: row.prevPublicSeq,
    });
  }
}

/** Tells both sides that a message which came in pieces is now whole. */
export function announceCompleted(deps: Pick<Deps, 'publish'>, scope: Scope, row: MessageRow): void {
  const { conversationId } = scope;
  deps.publish.toAgents(scope.workspaceId, 'message:completed', { conversationId, message: toAgentMessage(row) });
  deps.publish.toCustomer(scope.customerId, 'message:completed', { conversationId, message: toCustomerMessage(row) });
}

/** Tells both sides how the conversation stands now. A failure to read it is only logged: clients catch up by themselves. */
export async function announceConversation(
  deps: Pick<Deps, 'db' | 'publish' | 'log'>,
  workspaceId: string,
  conversationId: string,
): Promise<void> {
  try {
    const row = await findConversation(deps.db, workspaceId, conversationId);
    if (!row) return;
    const queue =
      row.state === 'waiting' ? (await listQueuePlaces(deps.db, workspaceId)).get(conversationId) : undefined;
    const place: QueuePlace | undefined = queue && { position: queue.position, etaSeconds: queue.etaSeconds };
    deps.publish.toAgents(workspaceId, 'conversation:updated', { conversation: toAgentConversation(row, place) });
    deps.publish.toCustomer(row.customerId, 'conversation:updated', {
      conversation: toCustomerConversation(row, place),
    });
  } catch (error) {
    deps.log.warn({ err: error, conversationId }, 'conversation not announced');
  }
}

/** How many of those who wait are told their new place at once; the others see it when they look. */
const toldAtOnce = 200;

/** Tells the customers in line where they stand. */
export async function announceQueue(deps: Pick<Deps, 'db' | 'publish' | 'log'>, workspaceId: string): Promise<void> {
  try {
    const places = await listQueuePlaces(deps.db, workspaceId);
    for (const [conversationId, place] of [...places].slice(0, toldAtOnce)) {
      const { position, etaSeconds } = place;
      deps.publish.toCustomer(place.customerId, 'queue:updated', { conversationId, position, etaSeconds });
    }
  } catch (error) {
    deps.log.warn({ err: error, workspaceId }, 'queue not announced');
  }
}
