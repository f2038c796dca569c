import { z } from 'zod';
import { clientMessageId, id, timestamp } from './common.ts';

export const authorKind = z.enum(['customer', 'assistant', 'agent', 'system']);
export type AuthorKind = z.infer<typeof authorKind>;

export const author = z.object({ kind: authorKind, id: z.string().optional(), name: z.string().optional() });
export type Author = z.infer<typeof author>;

/** `note`: for agents only, never shown to the customer. */
export const visibility = z.enum(['public', 'note']);
export type Visibility = z.infer<typeof visibility>;

/** `[n]` in the body points here. `quote` is the passage of the chunk that supports it. */
export const citation = z.object({
  n: z.number().int().min(1),
  documentId: id,
  chunkId: id,
  title: z.string(),
  url: z.string().nullable(),
  quote: z.string(),
});
export type Citation = z.infer<typeof citation>;

export const message = z.object({
  id,
  conversationId: id,
  /** From 1, without gaps in a conversation; notes take numbers too. */
  seq: z.number().int().min(1),
  author,
  /** Markdown. */
  body: z.string(),
  visibility,
  status: z.enum(['streaming', 'complete', 'failed']),
  citations: z.array(citation),
  /** What the reader may do next about an assistant's message that could not help. */
  offer: z.enum(['human']).optional(),
  /** How sure the assistant was, 0 to 1; agents only. */
  confidence: z.number().min(0).max(1).optional(),
  /** The turn that wrote it; agents only. */
  turnId: id.optional(),
  clientMessageId: clientMessageId.optional(),
  createdAt: timestamp,
});
export type Message = z.infer<typeof message>;

/** A disposable piece of a message on its way. `index` counts from 0 without gaps; the stored message is the truth. */
export const messageDelta = z.object({
  conversationId: id,
  messageId: id,
  index: z.number().int().min(0),
  text: z.string(),
});
export type MessageDelta = z.infer<typeof messageDelta>;

/** What has been streamed so far, up to and including `index`. */
export const streamSnapshot = z.object({ messageId: id, index: z.number().int().min(0), text: z.string() });
export type StreamSnapshot = z.infer<typeof streamSnapshot>;
