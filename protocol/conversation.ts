import { z } from 'zod';
import { id, timestamp } from './common.ts';

/** See server/conversations/state-machine.ts for what may follow what. */
export const conversationState = z.enum(['assistant', 'waiting', 'agent', 'snoozed', 'resolved']);
export type ConversationState = z.infer<typeof conversationState>;

export const priority = z.enum(['low', 'normal', 'high', 'urgent']);
export type Priority = z.infer<typeof priority>;

/** Why a conversation was handed to people. */
export const handoffReason = z.enum([
  'customer_asked',
  'not_known',
  'answering_failed',
  'answering_timed_out',
  'must_not_answer',
  'agent_offline',
  'agent_returned',
  'agent_asked',
  'customer_returned',
]);
export type HandoffReason = z.infer<typeof handoffReason>;

/** A place in line: `position` from 1; `etaSeconds` is null while no agent is online. */
export const queuePlace = z.object({
  position: z.number().int().min(1),
  etaSeconds: z.number().int().min(0).nullable(),
});
export type QueuePlace = z.infer<typeof queuePlace>;

/** What the agent finds when they take over. */
export const handoffBrief = z.object({
  asked: z.string(),
  tried: z.array(z.object({ question: z.string(), outcome: z.string() })),
  found: z.array(z.object({ title: z.string(), url: z.string().nullable(), documentId: id })),
});
export type HandoffBrief = z.infer<typeof handoffBrief>;

/** A conversation as its customer sees it. */
export const customerConversation = z.object({
  id,
  state: conversationState,
  /** The last seq that this audience can see. */
  lastSeq: z.number().int().min(0),
  assignee: z.object({ id, name: z.string() }).optional(),
  queue: queuePlace.optional(),
  subject: z.string().optional(),
  /** The last public seq that the customer has read. */
  readSeq: z.number().int().min(0),
  rating: z.object({ score: z.number().int().min(1).max(5), comment: z.string().optional() }).optional(),
  /** An address to answer to, if the customer left one. */
  contactEmail: z.string().optional(),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type CustomerConversation = z.infer<typeof customerConversation>;

/** A conversation as agents see it. */
export const agentConversation = customerConversation.extend({
  customer: z.object({
    id,
    name: z.string().optional(),
    email: z.string().optional(),
    verified: z.boolean(),
  }),
  priority,
  labels: z.array(z.string()),
  summary: z.string().nullable(),
  handoff: z.object({ reason: handoffReason, brief: handoffBrief, requestedAt: timestamp }).optional(),
  /** Public messages of the customer that no agent has read. */
  unread: z.number().int().min(0),
  snoozedUntil: timestamp.optional(),
  /** The start of the last public message, for lists. */
  preview: z.object({ author: z.enum(['customer', 'assistant', 'agent', 'system']), text: z.string() }).optional(),
});
export type AgentConversation = z.infer<typeof agentConversation>;
