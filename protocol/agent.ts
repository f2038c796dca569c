import { z } from 'zod';
import { clientMessageId, id, messageBody, seqFrom0, storable } from './common.ts';
import type { AgentConversation } from './conversation.ts';
import type { Ack } from './errors.ts';
import type { StreamSnapshot } from './message.ts';
import { type Message, visibility } from './message.ts';
import type { MessageEvents } from './widget.ts';

export const agentHandshake = z.object({ apiKey: z.string().max(500).optional() });

export const presenceStatus = z.enum(['online', 'away', 'offline']);
export type PresenceStatus = z.infer<typeof presenceStatus>;

export type AgentPresence = { agentId: string; name: string; status: PresenceStatus; open: number };

const snoozeUntil = z.iso.datetime({
  offset: true,
  message: 'until is an ISO 8601 time, such as 2026-12-01T09:00:00Z.',
});

/** Bodies shared by REST and sockets. */
export const assignTo = z
  .object({ agentId: id.optional(), teamId: id.optional() })
  .refine((to) => (to.agentId === undefined) !== (to.teamId === undefined), 'Give either agentId or teamId.');
export const snooze = z.object({ until: snoozeUntil });
export const agentMessage = z.object({ clientMessageId, body: messageBody, visibility: visibility.default('public') });
export const handoffRequest = z.object({
  reason: z
    .string()
    .max(500)
    .transform(storable)
    .refine((text) => text.length > 0, 'Say why.'),
});

const conversation = z.object({ conversationId: id });

/** Payloads of the events that the console sends, by event name. */
export const agentRequests = {
  'inbox:subscribe': z.object({}),
  'conversation:open': conversation.extend({ afterSeq: seqFrom0.default(0) }),
  'conversation:close': conversation,
  'message:send': conversation.extend(agentMessage.shape),
  'conversation:claim': conversation,
  'conversation:assign': z.intersection(conversation, assignTo),
  'conversation:resolve': conversation,
  'conversation:reopen': conversation,
  'conversation:snooze': conversation.extend(snooze.shape),
  'presence:set': z.object({ status: z.enum(['online', 'away']) }),
  'typing:set': conversation.extend({ typing: z.boolean() }),
  'read:set': conversation.extend({ seq: seqFrom0 }),
};
export type AgentRequests = { [Event in keyof typeof agentRequests]: z.input<(typeof agentRequests)[Event]> };

export type Viewer = { agentId: string; name: string };

export type AgentResponses = {
  'inbox:subscribe': {
    conversations: AgentConversation[];
    presence: AgentPresence[];
    self: { agentId: string; name: string };
  };
  'conversation:open': {
    conversation: AgentConversation;
    messages: Message[];
    viewers: Viewer[];
    streaming?: StreamSnapshot;
  };
  'conversation:close': Record<string, never>;
  'message:send': { message: Message; duplicate: boolean };
  'conversation:claim': { conversation: AgentConversation };
  'conversation:assign': { conversation: AgentConversation };
  'conversation:resolve': { conversation: AgentConversation };
  'conversation:reopen': { conversation: AgentConversation };
  'conversation:snooze': { conversation: AgentConversation };
  'presence:set': Record<string, never>;
  'typing:set': Record<string, never>;
  'read:set': Record<string, never>;
};

export type AgentClientEvents = {
  [Event in keyof AgentRequests]: (
    payload: AgentRequests[Event],
    ack: (answer: Ack<AgentResponses[Event]>) => void,
  ) => void;
};

export type AgentServerEvents = MessageEvents<AgentConversation> & {
  'presence:updated': (event: { presence: AgentPresence[] }) => void;
  'viewers:updated': (event: { conversationId: string; viewers: Viewer[] }) => void;
};
