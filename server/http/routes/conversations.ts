import { z } from 'zod';
import { agentMessage, assignTo, handoffRequest, snooze } from '../../../protocol/agent.ts';
import { turn } from '../../../protocol/answer.ts';
import { id, listQuery, pageOf, seqFrom0, storable } from '../../../protocol/common.ts';
import { agentConversation, conversationState } from '../../../protocol/conversation.ts';
import { message } from '../../../protocol/message.ts';
import {
  assignConversation,
  claimConversation,
  handToQueue,
  reopenConversation,
  resolveConversation,
  snoozeConversation,
} from '../../conversations/agent-actions.ts';
import { listForAgents, listMessagesForAgent, readForAgent } from '../../conversations/read-conversations.ts';
import { sendAgentMessage } from '../../conversations/send-agent-message.ts';
import { listTurns } from '../../conversations/turn-queries.ts';
import { toAgentMessage } from '../../conversations/views.ts';
import type { Deps } from '../../deps.ts';
import { stayActing } from '../../staff/presence-queries.ts';
import type { Principal } from '../../staff/principal.ts';
import { type Endpoint, staffEndpoint } from '../endpoint.ts';

const tag = 'Conversations';
const params = z.object({ id });
const states = z
  .string()
  .transform((value) => value.split(','))
  .pipe(z.array(conversationState));
/** `me`, `none`, or an agent's id. */
const assignee = z.union([z.literal('me'), z.literal('none'), id]);
const listConversations = listQuery.extend({
  state: states.optional(),
  assignee: assignee.optional(),
  q: z.string().max(200).transform(storable).optional(),
});
const listMessages = z.object({
  afterSeq: z.coerce.number().pipe(seqFrom0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
});
const conversationAnswer = z.object({ conversation: agentConversation });

/** An automation that acts by API key has no socket that shows it is there: acting counts for this long. */
const apiPresenceMs = 10 * 60_000;

export function conversationEndpoints(deps: Deps): Endpoint[] {
  const shown = async (principal: Principal, conversationId: string) => ({
    status: 200,
    body: { conversation: await readForAgent(deps.db, principal.workspaceId, conversationId) },
  });

  /** An action on a conversation: `POST /conversations/:id/<name>`, answered with how it stands after. */
  const action = <Body extends z.ZodType | undefined>(
    name: string,
    summary: string,
    body: Body,
    run: (
      principal: Principal,
      conversationId: string,
      body: Body extends z.ZodType ? z.output<Body> : undefined,
    ) => Promise<void>,
  ) =>
    staffEndpoint(
      'staff',
      {
        method: 'post',
        path: `/conversations/:id/${name}`,
        tag,
        summary,
        params,
        body,
        responses: {
          200: { description: 'The conversation as it stands now', schema: conversationAnswer },
          409: { description: 'Not possible in its state, which is given' },
        },
      },
      async ({ principal, params: { id: conversationId }, body: given }) => {
        await actAs(deps, principal);
        await run(principal, conversationId, given);
        return shown(principal, conversationId);
      },
    );

  return [
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/conversations',
        tag,
        summary: 'The inbox, latest activity first',
        query: listConversations,
        responses: { 200: { description: 'A page', schema: pageOf(agentConversation) } },
      },
      async ({ principal, query }) => {
        const assigneeId = toAssigneeId(principal, query.assignee);
        const filter = { workspaceId: principal.workspaceId, ...query, text: query.q, assigneeId };
        return { status: 200, body: await listForAgents(deps.db, filter) };
      },
    ),
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/conversations/:id',
        tag,
        summary: 'One conversation',
        params,
        responses: { 200: { description: 'The conversation', schema: conversationAnswer } },
      },
      ({ principal, params: { id: conversationId } }) => shown(principal, conversationId),
    ),
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/conversations/:id/messages',
        tag,
        summary: 'Its messages in the order of seq, notes included',
        params,
        query: listMessages,
        responses: { 200: { description: 'Messages after `afterSeq`', schema: pageOf(message) } },
      },
      async ({ principal: { workspaceId }, params: { id: conversationId }, query: { afterSeq, limit } }) => {
        await readForAgent(deps.db, workspaceId, conversationId);
        const found = await listMessagesForAgent(deps.db, { workspaceId, conversationId, afterSeq, limit: limit + 1 });
        return {
          status: 200,
          body: { data: found.slice(0, limit), page: { nextCursor: null, hasMore: found.length > limit } },
        };
      },
    ),
    staffEndpoint(
      'staff',
      {
        method: 'post',
        path: '/conversations/:id/messages',
        tag,
        summary: 'Reply to the customer, or leave a note',
        params,
        body: agentMessage,
        responses: {
          201: { description: 'Committed', schema: z.object({ message, duplicate: z.boolean() }) },
          200: {
            description: 'The same clientMessageId was sent before',
            schema: z.object({ message, duplicate: z.boolean() }),
          },
        },
      },
      async ({ principal, params: { id: conversationId }, body }) => {
        await actAs(deps, principal);
        const sent = await sendAgentMessage(deps, principal, { conversationId, ...body });
        return {
          status: sent.duplicate ? 200 : 201,
          body: { message: toAgentMessage(sent.message), duplicate: sent.duplicate },
        };
      },
    ),
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/conversations/:id/turns',
        tag,
        summary: "The assistant's turns, each with its trace",
        params,
        responses: { 200: { description: 'Oldest first', schema: z.object({ data: z.array(turn) }) } },
      },
      async ({ principal: { workspaceId }, params: { id: conversationId } }) => {
        await readForAgent(deps.db, workspaceId, conversationId);
        return { status: 200, body: { data: await listTurns(deps.db, workspaceId, conversationId) } };
      },
    ),
    action('claim', 'Take it', undefined, (principal, conversationId) =>
      claimConversation(deps, principal, conversationId),
    ),
    action('assign', 'Give it to an agent or a team', assignTo, (principal, conversationId, to) =>
      assignConversation(deps, principal, conversationId, to),
    ),
    action('resolve', 'It is dealt with', undefined, (principal, conversationId) =>
      resolveConversation(deps, principal, conversationId),
    ),
    action('reopen', 'It is not dealt with after all', undefined, (principal, conversationId) =>
      reopenConversation(deps, principal, conversationId),
    ),
    action('snooze', 'Put it off', snooze, (principal, conversationId, { until }) =>
      snoozeConversation(deps, principal, conversationId, new Date(until)),
    ),
    action('handoff', 'Put it into the queue', handoffRequest, (principal, conversationId, { reason }) =>
      handToQueue(deps, principal, conversationId, reason),
    ),
  ];
}

/** null: held by nobody; undefined: whoever holds it. */
function toAssigneeId(principal: Principal, wanted: string | undefined): string | null | undefined {
  if (wanted === 'me') return principal.agentId;
  return wanted === 'none' ? null : wanted;
}

async function actAs(deps: Pick<Deps, 'db'>, principal: Principal): Promise<void> {
  if (principal.via === 'api_key') await stayActing(deps.db, principal.workspaceId, principal.agentId, apiPresenceMs);
}
