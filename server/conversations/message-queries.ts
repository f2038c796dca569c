import type { AuthorKind, Citation, Message, Visibility } from '../../protocol/message.ts';
import { toJsonb } from '../db/json.ts';
import type { Db, PoolClient } from '../db/pool.ts';
import type { ConversationRow } from './conversation-queries.ts';

/** A stored message, with what only agents may see of it. */
export type MessageRow = {
  id: string;
  conversationId: string;
  seq: number;
  prevPublicSeq: number;
  authorKind: AuthorKind;
  authorId: string | null;
  authorName: string | null;
  clientMessageId: string | null;
  body: string;
  visibility: Visibility;
  status: Message['status'];
  citations: Citation[];
  offer: 'human' | null;
  turnId: string | null;
  confidence: number | null;
  createdAt: Date;
};

const columns = `id, conversation_id as "conversationId", seq, prev_public_seq as "prevPublicSeq", author_kind as "authorKind",
  author_id as "authorId", author_name as "authorName", client_message_id as "clientMessageId", body, visibility, status,
  citations, offer, turn_id as "turnId", confidence, created_at as "createdAt"`;

export type NewMessage = {
  id: string;
  author: { kind: AuthorKind; id?: string; name?: string };
  body: string;
  visibility?: Visibility;
  clientMessageId?: string;
  citations?: Citation[];
  offer?: 'human';
  turnId?: string;
  confidence?: number;
};

/**
 * Adds a message with the next seq and moves the conversation along, in one statement. The conversation must be locked by
 * this transaction, so that numbers are given one at a time and without gaps.
 */
export async function insertMessage(
  tx: PoolClient,
  conversation: ConversationRow,
  input: NewMessage,
): Promise<MessageRow> {
  const made = await tx.query<MessageRow>(
    `with moved as (
       update conversations set last_seq = last_seq + 1, updated_at = now(),
         last_public_seq = case when $7 = 'public' then last_seq + 1 else last_public_seq end,
         subject = case when $4 = 'customer' then coalesce(subject, left(regexp_replace($6, '\\s+', ' ', 'g'), 120)) else subject end,
         -- who writes has read what stands above
         customer_read_seq = case when $4 = 'customer' then last_seq + 1 else customer_read_seq end,
         agents_read_seq = case when $4 = 'agent' then last_seq + 1 else agents_read_seq end
       where workspace_id = $1 and id = $2 returning last_seq
     )
     insert into messages (workspace_id, conversation_id, id, author_kind, author_id, body, visibility, seq, prev_public_seq,
       author_name, client_message_id, citations, offer, turn_id, confidence)
     select $1, $2, $3, $4, $5, $6, $7, moved.last_seq, $8, $9, $10, $11, $12, $13, $14 from moved
     returning ${columns}`,
    [
      conversation.workspaceId,
      conversation.id,
      input.id,
      input.author.kind,
      input.author.id ?? null,
      input.body,
      input.visibility ?? 'public',
      conversation.lastPublicSeq,
      input.author.name ?? null,
      input.clientMessageId ?? null,
      toJsonb(input.citations ?? []),
      input.offer ?? null,
      input.turnId ?? null,
      input.confidence ?? null,
    ],
  );
  const row = made.rows[0];
  if (!row) throw new Error('a message was added to a conversation that is not there');
  conversation.lastSeq = row.seq;
  if (row.visibility === 'public') conversation.lastPublicSeq = row.seq;
  return row;
}

/** Each side chooses ids of its own: the customer's never finds what an agent wrote, least of all a note. */
export async function findMessageByClientId(
  db: Db,
  conversation: { workspaceId: string; id: string },
  authorKind: 'customer' | 'agent',
  clientMessageId: string,
): Promise<MessageRow | undefined> {
  const found = await db.query<MessageRow>(
    `select ${columns} from messages
     where workspace_id = $1 and conversation_id = $2 and author_kind = $3 and client_message_id = $4`,
    [conversation.workspaceId, conversation.id, authorKind, clientMessageId],
  );
  return found.rows[0];
}

/** In the order of seq, after `afterSeq`; customers (`publicOnly`) never see notes. */
export async function listMessages(
  db: Db,
  input: { workspaceId: string; conversationId: string; afterSeq: number; publicOnly: boolean; limit?: number },
): Promise<MessageRow[]> {
  const found = await db.query<MessageRow>(
    `select ${columns} from messages where workspace_id = $1 and conversation_id = $2 and seq > $3
       and (visibility = 'public' or not $4) order by seq limit $5`,
    [input.workspaceId, input.conversationId, input.afterSeq, input.publicOnly, input.limit ?? null],
  );
  return found.rows;
}

/** The last public messages up to and including `throughSeq`, oldest first. */
export async function listRecentPublicMessages(
  db: Db,
  input: { workspaceId: string; conversationId: string; throughSeq: number; limit: number },
): Promise<MessageRow[]> {
  const found = await db.query<MessageRow>(
    `select ${columns} from messages where workspace_id = $1 and conversation_id = $2 and seq <= $3 and visibility = 'public'
     order by seq desc limit $4`,
    [input.workspaceId, input.conversationId, input.throughSeq, input.limit],
  );
  return found.rows.reverse();
}

/** A public message of one of the customer's own conversations. */
export async function findCustomerMessage(
  db: Db,
  workspaceId: string,
  customerId: string,
  id: string,
): Promise<MessageRow | undefined> {
  const found = await db.query<MessageRow>(
    `select ${columns} from messages m where workspace_id = $1 and id = $3 and visibility = 'public' and exists (
       select 1 from conversations c where c.workspace_id = $1 and c.id = m.conversation_id and c.customer_id = $2)`,
    [workspaceId, customerId, id],
  );
  return found.rows[0];
}

/** Whether an assistant's message helped. False when there is no such message for this customer. */
export async function saveFeedback(
  db: Db,
  workspaceId: string,
  customerId: string,
  id: string,
  helpful: boolean,
): Promise<boolean> {
  const saved = await db.query(
    `update messages m set helpful = $4 where workspace_id = $1 and id = $3 and author_kind = 'assistant' and exists (
       select 1 from conversations c where c.workspace_id = $1 and c.id = m.conversation_id and c.customer_id = $2)`,
    [workspaceId, customerId, id, helpful],
  );
  return saved.rowCount === 1;
}
