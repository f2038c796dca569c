import { z } from 'zod';
import { audience, id, locale, storable, timestamp } from './common.ts';
import { historyEntry } from './knowledge.ts';

/*
 * Evaluation questions: what search is measured by. Each names the documents that answer it, or says that none does.
 */

/** As many are kept, and measured in one run. */
export const evalCasesMax = 500;
/** A right document further down counts as not found. */
export const evalPlacesMax = 10;

export const newEvalCase = z
  .object({
    question: z
      .string()
      .max(50_000)
      .transform(storable)
      .refine((text) => /[\p{L}\p{N}]/u.test(text), 'A question needs a word to search for.'),
    history: z.array(historyEntry).max(100).default([]),
    answerable: z.boolean(),
    documentIds: z.array(id).max(20).default([]),
    /** Where it is searched; without them, everywhere. */
    audience: audience.optional(),
    locale: locale.optional(),
  })
  .refine(({ answerable, documentIds }) => answerable === documentIds.length > 0, {
    path: ['documentIds'],
    message: 'An answerable question names the documents that answer it, another one names none.',
  });
export type NewEvalCase = z.infer<typeof newEvalCase>;

export const evalCase = z.object({
  id,
  question: z.string(),
  history: z.array(historyEntry),
  answerable: z.boolean(),
  audience: audience.nullable(),
  locale: z.string().nullable(),
  /** `id` is null once the document has been deleted; its title stays. */
  documents: z.array(z.object({ id: id.nullable(), title: z.string() })),
  createdBy: z.object({ id, name: z.string() }),
  createdAt: timestamp,
  /** Of the latest run that counted it. `rank`: of the first right document, null below the tenth place or where none is right. */
  last: z.object({ rank: z.number().int().nullable(), confidence: z.number(), at: timestamp }).nullable(),
});
export type EvalCase = z.infer<typeof evalCase>;

/** Null where there is nothing to take the mean of. */
export const evalFigures = z.object({
  answerable: z.number().int(),
  unanswerable: z.number().int(),
  /** Not counted: every document that answers them has been deleted. */
  skipped: z.number().int(),
  /** Share of the answerable ones whose first, or one of whose first three documents is right. */
  hit1: z.number().nullable(),
  hit3: z.number().nullable(),
  /** Mean of 1 / rank over the answerable ones, 0 below the tenth place. */
  mrr10: z.number().nullable(),
  /** The chance that an answerable question has more confidence than one that no document answers. */
  auroc: z.number().nullable(),
});
export type EvalFigures = z.infer<typeof evalFigures>;

export const evalRunState = z.enum(['pending', 'running', 'done', 'failed']);

/** As many of a workspace are kept, the newest. */
export const evalRunsKept = 100;

/** One measuring of all questions: pending → running → done | failed. At most one of a workspace is pending or running. */
export const evalRun = z.object({
  id,
  state: evalRunState,
  /** When it was asked for. */
  at: timestamp,
  /** Questions searched for, and all that are: 0 of 0 until it has begun. It begins anew when a worker dies. */
  progress: z.object({ done: z.number().int(), total: z.number().int() }),
  /** Of the attempt that finished; both are null until it is done. */
  tookMs: z.number().int().nullable(),
  figures: evalFigures.nullable(),
  /** Why it failed, in words for people. */
  error: z.string().nullable(),
});
export type EvalRun = z.infer<typeof evalRun>;
