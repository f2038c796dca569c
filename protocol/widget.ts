import { z } from 'zod';
import { clientMessageId, id, messageBody, seqFrom0, storable } from './common.ts';
import { type CustomerConversation, customerConversation, type QueuePlace } from './conversation.ts';
import type { Ack } from './errors.ts';
import type { Message, MessageDelta, StreamSnapshot } from './message.ts';

/** Raised when a client written for the old version would misread the new one. */
export const protocolVersion = 1;

export const inboxAppearance = z.object({
  /** The accent, `#rrggbb`; the text colour on it is computed. */
  color: z.string().regex(/^#[0-9a-fA-F]{6}$/, 'A colour looks like "#0f766e".'),
  greeting: z.string().max(200).transform(storable),
  /** Asked with one tap on the first screen. */
  suggestions: z.array(z.string().max(120).transform(storable)).max(5),
  position: z.enum(['right', 'left']),
});
export type InboxAppearance = z.infer<typeof inboxAppearance>;

export const widgetSessionRequest = z.object({
  inboxKey: z.string().min(1).max(100),
  customerToken: z.string().max(500).optional(),
  userJwt: z.string().max(8_000).optional(),
});
export type WidgetSessionRequest = z.infer<typeof widgetSessionRequest>;

export const widgetSession = z.object({
  customerToken: z.string(),
  customer: z.object({ id, verified: z.boolean() }),
  inbox: z.object({ name: z.string(), appearance: inboxAppearance, online: z.boolean() }),
  conversations: z.array(customerConversation),
});
export type WidgetSession = z.infer<typeof widgetSession>;

export const widgetHandshake = z.object({ token: z.string().min(1).max(500), protocol: z.literal(protocolVersion) });

/** Payloads of the events that a widget sends, by event name. */
export const widgetRequests = {
  'message:send': z.object({
    conversationId: id.optional(),
    clientMessageId,
    body: messageBody,
    attachmentIds: z.array(id).max(10).optional(),
  }),
  'conversation:sync': z.object({ conversationId: id, afterSeq: seqFrom0 }),
  'handoff:request': z.object({ conversationId: id }),
  'typing:set': z.object({ conversationId: id, typing: z.boolean() }),
  'read:set': z.object({ conversationId: id, seq: seqFrom0 }),
  'rating:submit': z.object({
    conversationId: id,
    score: z.number().int().min(1).max(5),
    comment: z.string().max(2_000).transform(storable).optional(),
  }),
  'message:feedback': z.object({ messageId: id, helpful: z.boolean() }),
  /** An address to answer to when nobody is there. Beyond the first contract. */
  'contact:set': z.object({ conversationId: id, email: z.email().max(254) }),
  /** The passage behind a citation, with what stands around it. Beyond the first contract. */
  'citation:open': z.object({ messageId: id, n: z.number().int().min(1) }),
};
export type WidgetRequests = { [Event in keyof typeof widgetRequests]: z.input<(typeof widgetRequests)[Event]> };

export type CitationPassage = {
  title: string;
  url: string | null;
  /** Headings above the passage, outermost first. */
  headingPath: string[];
  /** Markdown of the chunk. */
  text: string;
  quote: string;
};

export type WidgetResponses = {
  'message:send': { conversationId: string; message: Message; duplicate: boolean };
  'conversation:sync': { conversation: CustomerConversation; messages: Message[]; streaming?: StreamSnapshot };
  'handoff:request': { conversation: CustomerConversation };
  'typing:set': Record<string, never>;
  'read:set': Record<string, never>;
  'rating:submit': Record<string, never>;
  'message:feedback': Record<string, never>;
  'contact:set': { conversation: CustomerConversation };
  'citation:open': CitationPassage;
};

export type WidgetClientEvents = {
  [Event in keyof WidgetRequests]: (
    payload: WidgetRequests[Event],
    ack: (answer: Ack<WidgetResponses[Event]>) => void,
  ) => void;
};

/** What both audiences receive about a conversation's messages. `prevSeq`: the message before it that this audience can see. */
export type MessageEvents<Conversation> = {
  'message:created': (event: { conversationId: string; message: Message; prevSeq: number }) => void;
  'message:delta': (event: MessageDelta) => void;
  'message:completed': (event: { conversationId: string; message: Message }) => void;
  'conversation:updated': (event: { conversation: Conversation }) => void;
  'typing:updated': (event: {
    conversationId: string;
    author: { kind: 'customer' | 'agent' | 'assistant'; id?: string; name?: string };
    typing: boolean;
  }) => void;
  /** Events may have been missed: sync what is open. Sent after the server's own hints were cut. */
  'resync:needed': (event: Record<string, never>) => void;
};

export type WidgetServerEvents = MessageEvents<CustomerConversation> & {
  'queue:updated': (event: { conversationId: string } & QueuePlace) => void;
  'presence:updated': (event: { online: boolean }) => void;
};
