import { z } from 'zod';
import { id, timestamp } from './common.ts';

/*
 * Embedding spaces: the vectors of one model each. One is active, which is the one that search uses; a new model fills a new space
 * beside it, and the space that was active before is kept, so that a switch can be undone.
 */

export const spaceState = z.enum(['filling', 'active', 'kept']);
export type SpaceState = z.infer<typeof spaceState>;

/** Whether the work of giving every document its vectors is done. */
export const fillState = z.enum(['pending', 'running', 'done', 'failed']);

export const embeddingSpace = z.object({
  id,
  /** `provider:model`, as EMBEDDING_MODEL names it. */
  model: z.string(),
  dimensions: z.number().int(),
  state: spaceState,
  /** The model that EMBEDDING_MODEL names now. */
  configured: z.boolean(),
  /** Whether questions can be encoded by it just now: false, for instance, where its key is no longer configured. */
  usable: z.boolean(),
  fill: z.object({
    state: fillState,
    /** Live documents that have their vectors in it, and all live documents. */
    documents: z.number().int(),
    total: z.number().int(),
    /** Of this filling; null before it has begun to tell, or when it is done. */
    documentsPerMinute: z.number().nullable(),
    etaSeconds: z.number().nullable(),
    error: z.string().nullable(),
  }),
  vectors: z.object({
    total: z.number().int(),
    /** `exact`: few enough to score each one; `building`: the index is being made, each is scored until then. */
    index: z.enum(['exact', 'building', 'ready']),
    /** Written since and not in the index yet: found all the same, scored one by one. */
    waiting: z.number().int(),
  }),
  activatedAt: timestamp.nullable(),
  createdAt: timestamp,
});
export type EmbeddingSpace = z.infer<typeof embeddingSpace>;

/** The state of the whole index. */
export const indexHealth = z.object({
  spaces: z.array(embeddingSpace),
  documents: z.object({
    pending: z.number().int(),
    running: z.number().int(),
    done: z.number().int(),
    failed: z.number().int(),
    /** Since when the one that waits longest is due; null when none does. */
    oldestDueAt: timestamp.nullable(),
    /** Finished in the last minute. */
    donePerMinute: z.number(),
  }),
  /** The newest failures with their reasons, 50 at most. */
  failures: z.array(z.object({ documentId: id, title: z.string(), error: z.string(), attempts: z.number().int() })),
});
export type IndexHealth = z.infer<typeof indexHealth>;

/** `force`: also to a space that lacks documents; those are found by their words until it is full. */
export const spaceActivation = z.object({ force: z.boolean().optional() });

/** How many documents are in line again. */
export const indexRetried = z.object({ documents: z.number().int() });
