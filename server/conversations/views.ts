import type { AgentConversation, CustomerConversation, QueuePlace } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { ConversationDetails } from './conversation-queries.ts';
import type { MessageRow } from './message-queries.ts';

/** A row's nulls are the contract's absent fields. */
const given = <Value>(value: Value | null): Value | undefined => value ?? undefined;

/** A message as its customer sees it: without what the assistant thought about it. Never called for notes. */
export function toCustomerMessage(row: MessageRow): Message {
  return {
    id: row.id,
    conversationId: row.conversationId,
    seq: row.seq,
    author: { kind: row.authorKind, id: given(row.authorId), name: given(row.authorName) },
    body: row.body,
    visibility: row.visibility,
    status: row.status,
    citations: row.citations,
    offer: given(row.offer),
    clientMessageId: given(row.clientMessageId),
    createdAt: row.createdAt.toISOString(),
  };
}

export function toAgentMessage(row: MessageRow): Message {
  return { ...toCustomerMessage(row), turnId: given(row.turnId), confidence: given(row.confidence) };
}

export function toCustomerConversation(row: ConversationDetails, queue: QueuePlace | undefined): CustomerConversation {
  const assignee = row.assigneeId && row.assigneeName ? { id: row.assigneeId, name: row.assigneeName } : undefined;
  return {
    id: row.id,
    state: row.state,
    lastSeq: row.lastPublicSeq,
    assignee,
    queue: row.state === 'waiting' ? queue : undefined,
    subject: given(row.subject),
    readSeq: row.customerReadSeq,
    rating: row.ratingScore === null ? undefined : { score: row.ratingScore, comment: given(row.ratingComment) },
    contactEmail: given(row.contactEmail),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toAgentConversation(row: ConversationDetails, queue: QueuePlace | undefined): AgentConversation {
  const handoff =
    row.handoffReason && row.handoffBrief && row.handoffRequestedAt
      ? { reason: row.handoffReason, brief: row.handoffBrief, requestedAt: row.handoffRequestedAt.toISOString() }
      : undefined;
  return {
    ...toCustomerConversation(row, queue),
    lastSeq: row.lastSeq,
    customer: {
      id: row.customerId,
      name: given(row.customerName),
      email: given(row.customerEmail),
      verified: row.customerVerified,
    },
    priority: row.priority,
    labels: row.labels,
    summary: row.summary,
    handoff,
    unread: row.unread,
    snoozedUntil: row.snoozedUntil?.toISOString(),
    preview:
      row.previewAuthor && row.previewText !== null ? { author: row.previewAuthor, text: row.previewText } : undefined,
  };
}
