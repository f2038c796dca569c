import type { Namespace, Socket } from 'socket.io';
import type { z } from 'zod';
import { type AgentResponses, agentHandshake, agentRequests } from '../../protocol/agent.ts';
import {
  assignConversation,
  claimConversation,
  reopenConversation,
  resolveConversation,
  snoozeConversation,
} from '../conversations/agent-actions.ts';
import { announceConversation } from '../conversations/announce.ts';
import { findConversation, markReadByAgents } from '../conversations/conversation-queries.ts';
import { listForAgents, listMessagesForAgent, readForAgent } from '../conversations/read-conversations.ts';
import { sendAgentMessage } from '../conversations/send-agent-message.ts';
import { toAgentMessage } from '../conversations/views.ts';
import type { Deps } from '../deps.ts';
import { AppError, notFound } from '../errors.ts';
import { newId } from '../ids.ts';
import { isOwnOrigin } from '../own-origin.ts';
import { announcePresence } from '../staff/announce-presence.ts';
import { authenticateApiKey, authenticateSession } from '../staff/authenticate.ts';
import { listPresence, setPresence } from '../staff/presence-queries.ts';
import type { Principal } from '../staff/principal.ts';
import { createLimit, handleEvent } from './handle-event.ts';
import type { Presence } from './presence.ts';
import { refuseHandshake } from './refuse-handshake.ts';
import { rooms } from './rooms.ts';
import { readStreamSnapshot } from './stream-snapshot.ts';
import { createViewers, type Viewers, viewersRenewedEveryMs } from './viewers.ts';

type Requests = typeof agentRequests;
type Handlers = { [Event in keyof Requests]: (payload: z.output<Requests[Event]>) => Promise<AgentResponses[Event]> };

/** The agents' side: one workspace, all its conversations. */
export function serveAgents(deps: Deps, namespace: Namespace, presence: Presence): void {
  const events = createLimit(1_000, 30, 'requests');
  const viewers = createViewers(deps.redis);

  namespace.use((socket, next) => {
    refuseHandshake(socket, next, async () => {
      socket.data = { principal: await authenticate(deps, socket) };
    });
  });

  namespace.on('connection', (socket) => {
    const principal: Principal = socket.data.principal;
    const opened = new Set<string>();
    const handlers = handlersFor(deps, { socket, principal, opened, viewers });
    void socket.join(rooms.agents(principal.workspaceId));
    presence.add(principal);

    const checking = setInterval(() => {
      // while the database is away nobody is sent away for it
      requireStillIn(deps, socket, principal).catch(() => undefined);
    }, deps.config.agentGraceMs / 3);
    const renewal = setInterval(() => {
      for (const id of opened) void viewers.enter(id, socket.id, { agentId: principal.agentId, name: principal.name });
    }, viewersRenewedEveryMs);
    socket.on('disconnect', () => {
      clearInterval(checking);
      clearInterval(renewal);
      presence.remove(principal);
      for (const id of opened) void leave(deps, { socket, viewers, conversationId: id });
    });

    const serve = <Event extends keyof Requests>(event: Event) =>
      handleEvent({
        socket,
        event,
        schema: agentRequests[event],
        log: deps.log,
        limit: async () => {
          await events.consume(principal.agentId);
          await requireStillIn(deps, socket, principal);
        },
        run: (payload) => handlers[event](payload as z.output<Requests[Event]>),
      });
    for (const event of Object.keys(agentRequests) as (keyof Requests)[]) serve(event);
  });
}

/** By API key, or by the console's cookie; the latter only from our own pages, for a browser sends it from anywhere. */
async function authenticate(deps: Deps, socket: Socket): Promise<Principal> {
  const { apiKey } = agentHandshake.parse(socket.handshake.auth);
  if (apiKey !== undefined) {
    const principal = await authenticateApiKey(deps, apiKey);
    if (!principal) throw new AppError('unauthenticated', { publicMessage: 'The API key is not valid.' });
    return principal;
  }
  const { headers } = socket.handshake;
  const own = headers.origin === undefined ? !isFromElsewhere(headers) : isOwnOrigin(deps.config, headers);
  const principal = own ? await authenticateSession(deps, headers) : undefined;
  if (!principal) throw new AppError('unauthenticated', { publicMessage: 'Sign in first.' });
  return principal;
}

/** A browser leaves Origin out of some requests, but says so otherwise; programs that are no browsers say neither. */
const isFromElsewhere = (headers: Socket['handshake']['headers']) =>
  headers['sec-fetch-site'] !== undefined && headers['sec-fetch-site'] !== 'same-origin';

/**
 * A socket outlives the moment it was let in: whose key was revoked, whose session was ended or who was disabled since then loses it,
 * at once for what they ask, soon for what they would hear. Closed as a broken network would close it, so that who signed in anew
 * comes back by themselves. Throws `unauthenticated`.
 */
async function requireStillIn(deps: Deps, socket: Socket, principal: Principal): Promise<void> {
  try {
    const now = await authenticate(deps, socket);
    if (now.agentId === principal.agentId && now.workspaceId === principal.workspaceId) return;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'unauthenticated') throw error;
  }
  // after the answer to what was asked
  setImmediate(() => socket.conn.close());
  throw new AppError('unauthenticated', { publicMessage: 'Sign in again.' });
}

async function leave(
  deps: Deps,
  { socket, viewers, conversationId }: { socket: Socket; viewers: Viewers; conversationId: string },
) {
  await viewers.leave(conversationId, socket.id);
  deps.publish.toViewers(conversationId, 'viewers:updated', {
    conversationId,
    viewers: await viewers.list(conversationId),
  });
}

type Connection = { socket: Socket; principal: Principal; opened: Set<string>; viewers: Viewers };

function handlersFor(deps: Deps, { socket, principal, opened, viewers }: Connection): Handlers {
  const { workspaceId, agentId, name } = principal;
  const shown = async (conversationId: string) => ({
    conversation: await readForAgent(deps.db, workspaceId, conversationId),
  });

  return {
    async 'inbox:subscribe'() {
      const { data } = await listForAgents(deps.db, { workspaceId, limit: 50 });
      return { conversations: data, presence: await listPresence(deps.db, workspaceId), self: { agentId, name } };
    },
    async 'conversation:open'({ conversationId, afterSeq }) {
      const { conversation } = await shown(conversationId);
      opened.add(conversationId);
      await socket.join(rooms.viewers(conversationId));
      await viewers.enter(conversationId, socket.id, { agentId, name });
      const present = await viewers.list(conversationId);
      deps.publish.toViewers(conversationId, 'viewers:updated', { conversationId, viewers: present });
      const messages = await listMessagesForAgent(deps.db, { workspaceId, conversationId, afterSeq });
      const streaming =
        conversation.state === 'assistant' ? await readStreamSnapshot(deps.redis, conversationId) : undefined;
      return { conversation, messages, viewers: present, streaming };
    },
    async 'conversation:close'({ conversationId }) {
      if (!opened.delete(conversationId)) return {};
      await socket.leave(rooms.viewers(conversationId));
      await leave(deps, { socket, viewers, conversationId });
      return {};
    },
    async 'message:send'(input) {
      const sent = await sendAgentMessage(deps, principal, input);
      return { message: toAgentMessage(sent.message), duplicate: sent.duplicate };
    },
    async 'conversation:claim'({ conversationId }) {
      await claimConversation(deps, principal, conversationId);
      return shown(conversationId);
    },
    async 'conversation:assign'({ conversationId, ...to }) {
      await assignConversation(deps, principal, conversationId, to);
      return shown(conversationId);
    },
    async 'conversation:resolve'({ conversationId }) {
      await resolveConversation(deps, principal, conversationId);
      return shown(conversationId);
    },
    async 'conversation:reopen'({ conversationId }) {
      await reopenConversation(deps, principal, conversationId);
      return shown(conversationId);
    },
    async 'conversation:snooze'({ conversationId, until }) {
      await snoozeConversation(deps, principal, conversationId, new Date(until));
      return shown(conversationId);
    },
    async 'presence:set'({ status }) {
      await setPresence(deps.db, { workspaceId, agentId, status, graceMs: deps.config.agentGraceMs });
      await announcePresence(deps, workspaceId);
      deps.queues.enqueue('routeHandoffs', { workspaceId }, newId());
      return {};
    },
    async 'typing:set'({ conversationId, typing }) {
      const conversation = await findConversation(deps.db, workspaceId, conversationId);
      if (!conversation) throw notFound('conversation');
      const event = { conversationId, author: { kind: 'agent', id: agentId, name }, typing } as const;
      deps.publish.toViewers(conversationId, 'typing:updated', event);
      if (conversation.state === 'agent') deps.publish.toCustomer(conversation.customerId, 'typing:updated', event);
      return {};
    },
    async 'read:set'({ conversationId, seq }) {
      await shown(conversationId);
      if (await markReadByAgents(deps.db, workspaceId, conversationId, seq))
        void announceConversation(deps, workspaceId, conversationId);
      return {};
    },
  };
}
