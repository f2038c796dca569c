import { z } from 'zod';
import { audience, exactText, id, locale, storable, timestamp } from './common.ts';

/** The longest document that is taken as text, in UTF-16 code units. */
export const documentBodyMax = 1_000_000;
/** The largest file that is taken, in bytes. */
export const uploadBytesMax = 20 * 1024 * 1024;

export const documentFormat = z.enum(['markdown', 'html', 'text']);
export const documentStatus = z.enum(['published', 'draft']);
export const documentKind = z.enum(['article', 'file']);

const documentFields = {
  externalId: exactText(300).min(1),
  url: z.url({ protocol: /^https?$/, message: 'url is an http or https address.' }).max(2_000),
  locale,
  audience,
  status: documentStatus,
};

export const newDocument = z.object({
  title: z
    .string()
    .max(500)
    .transform(storable)
    .refine((text) => text.trim().length > 0, 'A document needs a title.'),
  body: z
    .string()
    .max(documentBodyMax, `A document has at most ${documentBodyMax} characters.`)
    .transform(storable)
    .refine((text) => text.trim().length > 0, 'A document needs a body.'),
  format: documentFormat.default('markdown'),
  kind: z.literal('article').default('article'),
  externalId: documentFields.externalId.optional(),
  url: documentFields.url.nullish(),
  locale: documentFields.locale.default('en'),
  audience: documentFields.audience.default('public'),
  status: documentFields.status.default('published'),
});
export type NewDocument = z.infer<typeof newDocument>;

export const newDocuments = z.object({ documents: z.array(newDocument).min(1).max(100) });

/** The fields that may come with an uploaded file; all are text in a multipart body. What is left out is as for a new document. */
export const uploadFields = z
  .object({
    title: z.string().max(500).transform(storable).optional(),
    externalId: documentFields.externalId.optional(),
    url: documentFields.url.optional(),
    locale: documentFields.locale.optional(),
    audience: documentFields.audience.optional(),
    status: documentFields.status.optional(),
    /** The uploaded document that gets this file as its new version, and keeps what no field says otherwise. */
    replaces: id.optional(),
    /** What to do where a file of the same name is there with other content or fields; `refuse` leaves the choice to a person. */
    ifNameTaken: z.enum(['add', 'refuse']).default('add'),
  })
  .refine(({ externalId, replaces }) => externalId === undefined || replaces === undefined, {
    path: ['replaces'],
    message: 'A file replaces a document by its id or by its externalId, not by both.',
  });
export type UploadFields = z.infer<typeof uploadFields>;

export const documentPatch = z
  .object({
    title: newDocument.shape.title,
    body: newDocument.shape.body,
    format: documentFormat,
    url: documentFields.url.nullable(),
    locale: documentFields.locale,
    audience: documentFields.audience,
    status: documentFields.status,
  })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'Nothing to change.');
export type DocumentPatch = z.infer<typeof documentPatch>;

export const indexState = z.enum(['pending', 'running', 'done', 'failed']);
export type IndexState = z.infer<typeof indexState>;

/** A document as admins see it in lists. */
export const document = z.object({
  id,
  externalId: z.string().nullable(),
  title: z.string(),
  kind: documentKind,
  status: documentStatus,
  index: z.object({ state: indexState, chunks: z.number().int(), error: z.string().optional() }),
  version: z.number().int().min(1),
  audience,
  locale: z.string(),
  url: z.string().nullable(),
  updatedAt: timestamp,
});
export type Document = z.infer<typeof document>;

/** `duplicate`: the same file was there already, in this document, and nothing was added. */
export const uploadedDocument = document.extend({ duplicate: z.boolean() });
export type UploadedDocument = z.infer<typeof uploadedDocument>;

/** One document with its text, as markdown; an upload has none before it is parsed. */
export const documentWithBody = document.extend({ body: z.string().nullable(), fileName: z.string().nullable() });
export type DocumentWithBody = z.infer<typeof documentWithBody>;

export const historyEntry = z.object({ role: z.enum(['customer', 'assistant']), body: z.string().max(50_000) });
export type HistoryEntry = z.infer<typeof historyEntry>;

export const searchRequest = z.object({
  query: z.string().max(50_000).transform(storable),
  history: z.array(historyEntry).max(100).default([]),
  limit: z.number().int().min(1).max(100).default(10),
  audience: audience.optional(),
  locale: locale.optional(),
  /** Asks for the `explanation` of each result. */
  explain: z.boolean().default(false),
});

/** Why a result stands where it does, among the documents that were looked at closely (40 at most). */
const searchExplanation = z.object({
  /** Places of its document by words alone and by meaning alone; null where it has none of the words, or no vector is compared. */
  lexicalRank: z.number().int().min(1).nullable(),
  semanticRank: z.number().int().min(1).nullable(),
  /** The best of the document's vectors with that of the question; null where no vector is compared. */
  cosine: z.number().nullable(),
  /** How much of the score is meaning, 0 to 1; the rest is words. */
  semanticShare: z.number(),
  /** What `lexical` is the sum of: the whole document, its best stretch of text, and neighbouring words of the question. */
  parts: z.object({ document: z.number(), window: z.number(), pairs: z.number() }),
  /** Words of the question that stand in it, the heaviest first. */
  matched: z.array(
    z.object({
      word: z.string(),
      weight: z.number(),
      in: z.array(z.enum(['title', 'heading', 'text'])),
      /** The word as it stands there, in lower case and without accents. */
      forms: z.array(z.string()),
      /** What was typed, where it was taken for a misspelling of `word`. */
      correctedFrom: z.string().optional(),
      /** It comes from an earlier message of the customer. */
      carried: z.boolean().optional(),
    }),
  ),
});
export type SearchExplanation = z.infer<typeof searchExplanation>;

/** One chunk, best first; `score` is the fusion of the two parts, each scaled to 0..1 over this query's candidates. */
export const searchResult = z.object({
  documentId: id,
  externalId: z.string().nullable(),
  chunkId: id,
  title: z.string(),
  url: z.string().nullable(),
  headingPath: z.array(z.string()),
  text: z.string(),
  score: z.number(),
  lexical: z.number(),
  semantic: z.number(),
  explanation: searchExplanation.optional(),
});
export type SearchResult = z.infer<typeof searchResult>;

/** Whether the assistant would quote a passage as the answer: surely, if the passage speaks of what was asked, or not. */
export const answerOutlook = z.enum(['likely', 'possible', 'unlikely']);
export type AnswerOutlook = z.infer<typeof answerOutlook>;

export const searchResponse = z.object({
  /** The question as it stands alone: with words carried over from the history. */
  query: z.string(),
  /** How likely it is that the knowledge base holds the answer, 0 to 1. */
  confidence: z.number(),
  /** With `explain`: what the confidence means for answering. */
  outlook: answerOutlook.optional(),
  /** Present where a reranker ordered the results; `score` is then its own, 0 to 1. */
  reranked: z.literal(true).optional(),
  results: z.array(searchResult),
});
export type SearchResponse = z.infer<typeof searchResponse>;
