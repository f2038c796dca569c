import type { ConversationState, HandoffBrief, HandoffReason, Priority } from '../../protocol/conversation.ts';
import type { AuthorKind } from '../../protocol/message.ts';
import type { Db, PoolClient } from '../db/pool.ts';

/** The columns that decisions are made on. */
export type ConversationRow = {
  workspaceId: string;
  id: string;
  inboxId: string;
  customerId: string;
  state: ConversationState;
  stateChangedAt: Date;
  assigneeId: string | null;
  teamId: string | null;
  priority: Priority;
  subject: string | null;
  lastSeq: number;
  lastPublicSeq: number;
};

const rowColumns = `workspace_id as "workspaceId", id, inbox_id as "inboxId", customer_id as "customerId", state,
  state_changed_at as "stateChangedAt", assignee_id as "assigneeId", team_id as "teamId", priority, subject,
  last_seq as "lastSeq", last_public_seq as "lastPublicSeq"`;

/** Locked until the transaction ends: every change of a conversation begins here, so changes of one conversation queue up. */
export async function lockConversation(
  tx: PoolClient,
  workspaceId: string,
  id: string,
): Promise<ConversationRow | undefined> {
  const found = await tx.query<ConversationRow>(
    `select ${rowColumns} from conversations where workspace_id = $1 and id = $2 for update`,
    [workspaceId, id],
  );
  return found.rows[0];
}

/**
 * The conversation that the customer opened with this clientMessageId, made if it is not there yet. Two senders at once get
 * the same one: the unique key on (workspace, customer, opened_by) makes the second wait for the first.
 */
export async function openConversation(
  tx: PoolClient,
  input: { workspaceId: string; id: string; inboxId: string; customerId: string; openedBy: string },
): Promise<ConversationRow> {
  const values = [input.workspaceId, input.id, input.inboxId, input.customerId, input.openedBy];
  const made = await tx.query<ConversationRow>(
    `insert into conversations (workspace_id, id, inbox_id, customer_id, opened_by, state)
     values ($1, $2, $3, $4, $5, 'assistant') on conflict (workspace_id, customer_id, opened_by) do nothing returning ${rowColumns}`,
    values,
  );
  if (made.rows[0]) return made.rows[0];
  const found = await tx.query<ConversationRow>(
    `select ${rowColumns} from conversations where workspace_id = $1 and customer_id = $2 and opened_by = $3 for update`,
    [input.workspaceId, input.customerId, input.openedBy],
  );
  const row = found.rows[0];
  if (!row) throw new Error('a conversation conflicted and is not there');
  return row;
}

/** All that either audience may be shown about a conversation; `views.ts` says who sees what. */
export type ConversationDetails = ConversationRow & {
  labels: string[];
  summary: string | null;
  customerReadSeq: number;
  contactEmail: string | null;
  snoozedUntil: Date | null;
  createdAt: Date;
  updatedAt: Date;
  updatedAtExact: string;
  customerName: string | null;
  customerEmail: string | null;
  customerVerified: boolean;
  assigneeName: string | null;
  handoffReason: HandoffReason | null;
  handoffBrief: HandoffBrief | null;
  handoffRequestedAt: Date | null;
  ratingScore: number | null;
  ratingComment: string | null;
  unread: number;
  previewAuthor: AuthorKind | null;
  previewText: string | null;
};

const detailsSelect = `
  select c.workspace_id as "workspaceId", c.id, c.inbox_id as "inboxId", c.customer_id as "customerId", c.state,
    c.state_changed_at as "stateChangedAt", c.assignee_id as "assigneeId", c.team_id as "teamId", c.priority, c.subject,
    c.last_seq as "lastSeq", c.last_public_seq as "lastPublicSeq", c.labels, c.summary,
    c.customer_read_seq as "customerReadSeq", c.contact_email as "contactEmail", c.snoozed_until as "snoozedUntil",
    c.created_at as "createdAt", c.updated_at as "updatedAt", c.updated_at::text as "updatedAtExact",
    cu.name as "customerName", cu.email as "customerEmail", cu.external_id is not null as "customerVerified",
    a.name as "assigneeName", h.reason as "handoffReason", h.brief as "handoffBrief", h.requested_at as "handoffRequestedAt",
    r.score as "ratingScore", r.comment as "ratingComment", p.author_kind as "previewAuthor", left(p.body, 160) as "previewText",
    (select count(*)::int from messages m where m.workspace_id = c.workspace_id and m.conversation_id = c.id
       and m.seq > c.agents_read_seq and m.author_kind = 'customer') as unread
  from conversations c
  join customers cu on cu.workspace_id = c.workspace_id and cu.id = c.customer_id
  left join agents a on a.workspace_id = c.workspace_id and a.id = c.assignee_id
  left join ratings r on r.workspace_id = c.workspace_id and r.conversation_id = c.id
  left join lateral (
    select author_kind, body from messages where workspace_id = c.workspace_id and conversation_id = c.id
      and visibility = 'public' and author_kind <> 'system' order by seq desc limit 1
  ) p on true
  left join lateral (
    select reason, brief, requested_at from handoffs
    where workspace_id = c.workspace_id and conversation_id = c.id order by requested_at desc, id desc limit 1
  ) h on true`;

export async function findConversation(
  db: Db,
  workspaceId: string,
  id: string,
): Promise<ConversationDetails | undefined> {
  const found = await db.query<ConversationDetails>(`${detailsSelect} where c.workspace_id = $1 and c.id = $2`, [
    workspaceId,
    id,
  ]);
  return found.rows[0];
}

export async function findCustomerConversations(
  db: Db,
  workspaceId: string,
  customerId: string,
): Promise<ConversationDetails[]> {
  const found = await db.query<ConversationDetails>(
    `${detailsSelect} where c.workspace_id = $1 and c.customer_id = $2 order by c.updated_at desc limit 50`,
    [workspaceId, customerId],
  );
  return found.rows;
}

export type ConversationFilter = {
  workspaceId: string;
  state?: ConversationState[];
  /** null: held by nobody. */
  assigneeId?: string | null;
  text?: string;
  before?: { updatedAt: string; id: string };
  limit: number;
};

/**
 * The inbox, latest activity first, ties by id. Relies on conversations_by_update. The text is looked for in the customer's
 * name and address, the subject and what was said.
 */
export async function listConversationDetails(db: Db, filter: ConversationFilter): Promise<ConversationDetails[]> {
  const values: unknown[] = [filter.workspaceId];
  const conditions = ['c.workspace_id = $1'];
  const add = (condition: (parameter: string) => string, value: unknown) => {
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  if (filter.state) add((p) => `c.state = any(${p})`, filter.state);
  if (filter.assigneeId === null) conditions.push('c.assignee_id is null');
  else if (filter.assigneeId !== undefined) add((p) => `c.assignee_id = ${p}`, filter.assigneeId);
  if (filter.text) {
    add(
      (p) => `(cu.name ilike ${p} or cu.email ilike ${p} or c.subject ilike ${p} or exists (select 1 from messages m
        where m.workspace_id = c.workspace_id and m.conversation_id = c.id and m.body ilike ${p}))`,
      `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`,
    );
  }
  if (filter.before) {
    values.push(filter.before.updatedAt, filter.before.id);
    conditions.push(`(c.updated_at, c.id) < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`);
  }
  values.push(filter.limit);
  const found = await db.query<ConversationDetails>(
    `${detailsSelect} where ${conditions.join(' and ')} order by c.updated_at desc, c.id desc limit $${values.length}`,
    values,
  );
  return found.rows;
}

/** How far each side has read; never goes back. Returns whether anything changed. */
export async function markReadByCustomer(
  db: Db,
  workspaceId: string,
  customerId: string,
  id: string,
  seq: number,
): Promise<boolean> {
  const changed = await db.query(
    `update conversations set customer_read_seq = least($4::int, last_public_seq)
     where workspace_id = $1 and customer_id = $2 and id = $3 and customer_read_seq < least($4::int, last_public_seq)`,
    [workspaceId, customerId, id, seq],
  );
  return changed.rowCount === 1;
}

export async function markReadByAgents(db: Db, workspaceId: string, id: string, seq: number): Promise<boolean> {
  const changed = await db.query(
    `update conversations set agents_read_seq = least($3::int, last_seq)
     where workspace_id = $1 and id = $2 and agents_read_seq < least($3::int, last_seq)`,
    [workspaceId, id, seq],
  );
  return changed.rowCount === 1;
}

/** False when the conversation is not this customer's. */
export async function saveContactEmail(
  db: Db,
  workspaceId: string,
  customerId: string,
  id: string,
  email: string,
): Promise<boolean> {
  const changed = await db.query(
    'update conversations set contact_email = $4 where workspace_id = $1 and customer_id = $2 and id = $3',
    [workspaceId, customerId, id, email],
  );
  return changed.rowCount === 1;
}

/** The last rating counts. False when the conversation is not this customer's. */
export async function saveRating(
  db: Db,
  input: { workspaceId: string; customerId: string; conversationId: string; score: number; comment: string | null },
): Promise<boolean> {
  const saved = await db.query(
    `insert into ratings (workspace_id, conversation_id, score, comment)
     select workspace_id, id, $4, $5 from conversations where workspace_id = $1 and customer_id = $2 and id = $3
     on conflict (workspace_id, conversation_id) do update set score = excluded.score, comment = excluded.comment, created_at = now()`,
    [input.workspaceId, input.customerId, input.conversationId, input.score, input.comment],
  );
  return saved.rowCount === 1;
}
