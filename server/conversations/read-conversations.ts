import { z } from 'zod';
import type { Page } from '../../protocol/common.ts';
import type { AgentConversation, ConversationState, CustomerConversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { Db } from '../db/pool.ts';
import { AppError, notFound } from '../errors.ts';
import { listQueuePlaces } from '../handoff/queries.ts';
import {
  type ConversationDetails,
  findConversation,
  findCustomerConversations,
  listConversationDetails,
} from './conversation-queries.ts';
import { listMessages } from './message-queries.ts';
import { toAgentConversation, toAgentMessage, toCustomerConversation, toCustomerMessage } from './views.ts';

async function placesFor(db: Db, workspaceId: string, rows: ConversationDetails[]) {
  return rows.some((row) => row.state === 'waiting') ? listQueuePlaces(db, workspaceId) : new Map();
}

const place = (found: { position: number; etaSeconds: number | null } | undefined) =>
  found && { position: found.position, etaSeconds: found.etaSeconds };

/** A customer's own conversations, latest activity first, at most fifty. */
export async function listCustomerConversations(
  db: Db,
  { workspaceId, customerId }: { workspaceId: string; customerId: string },
): Promise<CustomerConversation[]> {
  const rows = await findCustomerConversations(db, workspaceId, customerId);
  const places = await placesFor(db, workspaceId, rows);
  return rows.map((row) => toCustomerConversation(row, place(places.get(row.id))));
}

/** What a customer missed: the conversation as it stands, and the public messages after `afterSeq`. */
export async function syncForCustomer(
  db: Db,
  input: { workspaceId: string; customerId: string; conversationId: string; afterSeq: number },
): Promise<{ conversation: CustomerConversation; messages: Message[] }> {
  const row = await findConversation(db, input.workspaceId, input.conversationId);
  if (!row || row.customerId !== input.customerId) throw notFound('conversation');
  const places = await placesFor(db, input.workspaceId, [row]);
  const messages = await listMessages(db, { ...input, publicOnly: true });
  return {
    conversation: toCustomerConversation(row, place(places.get(row.id))),
    messages: messages.map(toCustomerMessage),
  };
}

export async function readForAgent(db: Db, workspaceId: string, conversationId: string): Promise<AgentConversation> {
  const row = await findConversation(db, workspaceId, conversationId);
  if (!row) throw notFound('conversation');
  const places = await placesFor(db, workspaceId, [row]);
  return toAgentConversation(row, place(places.get(row.id)));
}

/** In the order of seq, notes included. `limit` for pages; without it, all. */
export async function listMessagesForAgent(
  db: Db,
  input: { workspaceId: string; conversationId: string; afterSeq: number; limit?: number },
): Promise<Message[]> {
  return (await listMessages(db, { ...input, publicOnly: false })).map(toAgentMessage);
}

const encodeCursor = (row: ConversationDetails) => Buffer.from(`${row.updatedAtExact}|${row.id}`).toString('base64url');

/** As Postgres writes one: `2026-11-23 01:02:03.456789+00`. */
const isMoment = (text: string) =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}:00`));
const isId = (text: string) => z.uuid().safeParse(text).success;

function decodeCursor(cursor: string): { updatedAt: string; id: string } {
  const [updatedAt = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split('|');
  if (!isMoment(updatedAt) || !isId(id)) {
    throw new AppError('invalid_input', { publicMessage: 'The cursor is not one that this list gave.' });
  }
  return { updatedAt, id };
}

/** A page of the inbox, latest activity first. */
export async function listForAgents(
  db: Db,
  filter: {
    workspaceId: string;
    state?: ConversationState[];
    assigneeId?: string | null;
    text?: string;
    cursor?: string;
    limit: number;
  },
): Promise<Page<AgentConversation>> {
  const { cursor, limit } = filter;
  const rows = await listConversationDetails(db, {
    ...filter,
    before: cursor ? decodeCursor(cursor) : undefined,
    limit: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const places = await placesFor(db, filter.workspaceId, shown);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  return {
    data: shown.map((row) => toAgentConversation(row, place(places.get(row.id)))),
    page: { nextCursor: hasMore && last ? encodeCursor(last) : null, hasMore },
  };
}
