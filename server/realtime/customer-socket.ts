import type { Namespace } from 'socket.io';
import type { z } from 'zod';
import { type WidgetResponses, widgetHandshake, widgetRequests } from '../../protocol/widget.ts';
import { announceConversation } from '../conversations/announce.ts';
import { markReadByCustomer, saveContactEmail, saveRating } from '../conversations/conversation-queries.ts';
import { saveFeedback } from '../conversations/message-queries.ts';
import { openCitation } from '../conversations/open-citation.ts';
import { syncForCustomer } from '../conversations/read-conversations.ts';
import { receiveMessage } from '../conversations/receive-message.ts';
import { toCustomerMessage } from '../conversations/views.ts';
import { authenticateCustomer } from '../customers/authenticate-customer.ts';
import type { Deps } from '../deps.ts';
import { AppError, notFound } from '../errors.ts';
import { requestHandoff } from '../handoff/request-handoff.ts';
import { createLimit, handleEvent } from './handle-event.ts';
import { refuseHandshake } from './refuse-handshake.ts';
import { rooms } from './rooms.ts';
import { readStreamSnapshot } from './stream-snapshot.ts';

type Customer = NonNullable<Awaited<ReturnType<typeof authenticateCustomer>>>;
type Requests = typeof widgetRequests;
type Handlers = { [Event in keyof Requests]: (payload: z.output<Requests[Event]>) => Promise<WidgetResponses[Event]> };

/** The widget's side: one customer, their own conversations, nothing else. */
export function serveCustomers(deps: Deps, namespace: Namespace): void {
  const messages = createLimit(60, 30, 'messages');
  const events = createLimit(300, 30, 'requests');

  namespace.use((socket, next) => {
    refuseHandshake(socket, next, async () => {
      const parsed = widgetHandshake.safeParse(socket.handshake.auth);
      if (!parsed.success) throw handshakeError(socket.handshake.auth);
      const customer = await authenticateCustomer(deps, parsed.data.token, socket.handshake.headers);
      if (!customer)
        throw new AppError('unauthenticated', {
          publicMessage: 'The customer token is not valid. Open a new widget session.',
        });
      socket.data = customer;
    });
  });

  namespace.on('connection', (socket) => {
    const customer: Customer = socket.data;
    const handlers = handlersFor(deps, customer);
    void socket.join([rooms.customer(customer.customerId), rooms.customers(customer.workspaceId)]);
    const serve = <Event extends keyof Requests>(event: Event) =>
      handleEvent({
        socket,
        event,
        schema: widgetRequests[event],
        log: deps.log,
        limit: () => (event === 'message:send' ? messages : events).consume(customer.customerId),
        run: (payload) => handlers[event](payload as z.output<Requests[Event]>),
      });
    for (const event of Object.keys(widgetRequests) as (keyof Requests)[]) serve(event);
  });
}

function handshakeError(auth: Record<string, unknown>): AppError {
  if (auth.protocol !== undefined && auth.protocol !== 1) {
    return new AppError('protocol_version', { publicMessage: 'This server speaks protocol 1.' });
  }
  return new AppError('invalid_input', { publicMessage: 'The handshake needs auth: {token, protocol: 1}.' });
}

function handlersFor(deps: Deps, customer: Customer): Handlers {
  const { workspaceId, customerId, inboxId } = customer;
  const conversationOf = async (conversationId: string) =>
    (await syncForCustomer(deps.db, { workspaceId, customerId, conversationId, afterSeq: 2 ** 31 - 1 })).conversation;

  return {
    async 'message:send'({ attachmentIds, ...input }) {
      if (customer.identityRequired && !customer.verified) throw new AppError('identity_required');
      if (attachmentIds?.length) {
        throw new AppError('invalid_input', { publicMessage: 'attachmentIds: this inbox does not take attachments.' });
      }
      const received = await receiveMessage(deps, { ...input, workspaceId, customerId, inboxId });
      return { ...received, message: toCustomerMessage(received.message) };
    },
    async 'conversation:sync'({ conversationId, afterSeq }) {
      const synced = await syncForCustomer(deps.db, { workspaceId, customerId, conversationId, afterSeq });
      const streaming =
        synced.conversation.state === 'assistant' ? await readStreamSnapshot(deps.redis, conversationId) : undefined;
      return { ...synced, streaming };
    },
    async 'handoff:request'({ conversationId }) {
      await requestHandoff(deps, { workspaceId, customerId, conversationId });
      return { conversation: await conversationOf(conversationId) };
    },
    async 'typing:set'({ conversationId, typing }) {
      await conversationOf(conversationId);
      const author = { kind: 'customer', id: customerId } as const;
      deps.publish.toViewers(conversationId, 'typing:updated', { conversationId, author, typing });
      return {};
    },
    async 'read:set'({ conversationId, seq }) {
      await conversationOf(conversationId);
      const moved = await markReadByCustomer(deps.db, workspaceId, customerId, conversationId, seq);
      if (moved) void announceConversation(deps, workspaceId, conversationId);
      return {};
    },
    async 'rating:submit'({ conversationId, score, comment }) {
      const saved = await saveRating(deps.db, {
        workspaceId,
        customerId,
        conversationId,
        score,
        comment: comment ?? null,
      });
      if (!saved) throw notFound('conversation');
      void announceConversation(deps, workspaceId, conversationId);
      return {};
    },
    async 'message:feedback'({ messageId, helpful }) {
      if (!(await saveFeedback(deps.db, workspaceId, customerId, messageId, helpful))) throw notFound('message');
      return {};
    },
    async 'contact:set'({ conversationId, email }) {
      if (!(await saveContactEmail(deps.db, workspaceId, customerId, conversationId, email)))
        throw notFound('conversation');
      void announceConversation(deps, workspaceId, conversationId);
      return { conversation: await conversationOf(conversationId) };
    },
    'citation:open': ({ messageId, n }) => openCitation(deps.db, { workspaceId, customerId, messageId, n }),
  };
}
