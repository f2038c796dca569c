import type { Audience } from '../../protocol/common.ts';
import type { HistoryEntry, SearchResult } from '../../protocol/knowledge.ts';
import type { Db } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { languageOf } from './analyze.ts';
import { lookClosely } from './close-look.ts';
import { confidence, features, spokenOf, usualCalibration } from './confidence.ts';
import { type Encoder, isOf } from './encoder.ts';
import { type EncoderDeps, encoderFor } from './encoders.ts';
import { explainResults } from './explain.ts';
import { findCandidates, type Sought } from './find-candidates.ts';
import { findGroundAndCounts, type Ground } from './ground-queries.ts';
import { likelyLanguages, noticeLanguages } from './likely-languages.ts';
import { type Question, readWords, respell, weighWords } from './question.ts';
import { semanticShare, shortlist } from './rank.ts';
import { rerankedMax, rerankResults } from './rerank-results.ts';
import type { Scored, SearchFilter } from './search-queries.ts';
import { findTermCounts } from './stats-queries.ts';

export type SearchInput = {
  workspaceId: string;
  query: string;
  /** The query as it stands alone, where somebody wrote it so: searched for beside the customer's words, and embedded instead. */
  standalone?: string | undefined;
  /** Oldest first, without the query. */
  history: HistoryEntry[];
  limit: number;
  /** Whose documents may be found. */
  audiences: Audience[];
  locale?: string | undefined;
  /** Scores every row, however many there are: to measure what is lost by looking at fewer. */
  exact?: boolean | undefined;
  /** Says of each result why it stands where it does. */
  explain?: boolean | undefined;
  signal?: AbortSignal | undefined;
};

export type SearchOutcome = {
  /** The question that was actually searched for, after the history was folded in. */
  query: string;
  /** The query alone, with misspelt words as they were meant. */
  meant?: string;
  /** Best first: each document's best chunk, then further chunks of good documents. */
  results: SearchResult[];
  /** How likely it is that the knowledge base holds the answer, 0 to 1. */
  confidence: number;
  /** Whether the reranker ordered them: then `score` is its own. */
  reranked?: true;
};

type Slice = Pick<Deps, 'db' | 'reranker'> & EncoderDeps;

/** A question does not wait longer than this for its vector; its words are searched for all the same. */
const encodeTimeoutMs = 4_000;

/**
 * Finds the chunks that answer a question: BM25F over documents, closeness of the question's words, and cosines of documents and
 * chunks, fused. Only live versions of published documents for these audiences. Where the encoder cannot be used just now, the
 * words decide alone. A question without a letter finds nothing.
 */
export async function search(deps: Slice, input: SearchInput): Promise<SearchOutcome> {
  const likely = deps.encoders ? deps.encoders.likely(input.workspaceId) : deps.encoder;
  const asked = input.standalone ?? input.query;
  const embedding = embedQuestion(likely, asked, input.signal);
  // awaited below, unless something else fails first
  embedding.catch(() => undefined);
  const read = await readOnGround(deps.db, input);
  if (!read) return { query: input.query.trim(), results: [], confidence: 0 };
  const { ground, question } = read;
  const encoder = ground.space ? encoderFor(deps, ground.space) : likely;
  deps.encoders?.noticed(input.workspaceId, encoder);
  const meant = respell(asked, question.reading.corrections);
  const isReady = encoder === likely && meant === asked;
  const encoded = await (isReady ? embedding : embedQuestion(encoder, meant, input.signal));
  input.signal?.throwIfAborted();
  const vector = ground.space && encoder && isOf(encoder.space, ground.space) ? encoded : null;
  const filter: SearchFilter = { workspaceId: input.workspaceId, audiences: input.audiences, locale: input.locale };
  const sought: Sought = { filter, question, vector, exact: input.exact };
  const language = input.locale ? languageOf(input.locale) : (ground.corpus.languages[0] ?? 'en');
  const share = vector && ground.space ? semanticShare(ground.space, question.termCount, language) : 0;
  const found = await findCandidates(deps.db, ground, sought);
  const { ranked, results } = await lookClosely(deps.db, ground, sought, shortlist(found.documents, share), {
    semanticShare: share,
    limit: deps.reranker ? Math.max(input.limit, rerankedMax) : input.limit,
  });
  const reordered = deps.reranker && (await rerankResults(deps.reranker, asked, results, input.signal));
  input.signal?.throwIfAborted();
  const shown = (reordered ?? results).slice(0, input.limit);
  return {
    query: question.standalone,
    meant: respell(question.text, question.reading.corrections),
    results: input.explain ? explainResults(shown, { question, ...found, ranked, semanticShare: share }) : shown,
    confidence: results.length > 0 ? howLikely(ground, question, found) : 0,
    ...(reordered ? { reranked: true } : {}),
  };
}

/** The question, read in the languages that the workspace probably has, beside what it is asked of; once more if they are others. */
async function readOnGround(db: Db, input: SearchInput): Promise<{ ground: Ground; question: Question } | null> {
  const { workspaceId } = input;
  const languages = likelyLanguages(workspaceId);
  const guess = await readWords(input, languages);
  if (!guess) return null;
  const { ground, counts } = await findGroundAndCounts(db, workspaceId, guess.terms);
  const { corpus } = ground;
  noticeLanguages(workspaceId, corpus.languages);
  const isRight = input.locale !== undefined || corpus.languages.join() === languages.join();
  const words = isRight ? guess : await readWords(input, corpus.languages);
  if (!words) return null;
  const known = isRight ? counts : await findTermCounts(db, workspaceId, words.terms);
  return { ground, question: await weighWords(db, workspaceId, words, corpus, known) };
}

/** Null where the encoder is away or too slow: the work is told to end, and not waited for, as a batch under way is not given up. */
async function embedQuestion(
  encoder: Encoder | undefined,
  query: string,
  signal: AbortSignal | undefined,
): Promise<number[] | null> {
  if (!encoder || !/[\p{L}\p{N}]/u.test(query)) return null;
  const ending = new AbortController();
  const end = () => ending.abort();
  const ended = new Promise<null>((resolve) => ending.signal.addEventListener('abort', () => resolve(null)));
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end);
  const timer = setTimeout(end, encodeTimeoutMs);
  try {
    const vectors = await Promise.race([encoder.embed([query], 'question', ending.signal), ended]);
    return vectors?.[0] ?? null;
  } catch (error) {
    if (ending.signal.aborted || (error instanceof AppError && error.code === 'unavailable')) return null;
    throw error;
  } finally {
    // what waits for a later end would be kept until then, with the whole search
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

function howLikely({ space, corpus }: Ground, { scoreMax }: Question, { documents, lexical }: Scored): number {
  const cosines = documents.flatMap((document) => document.semantic ?? []);
  const of = features(lexical, cosines, corpus.documents);
  return confidence(of, space?.calibration ?? usualCalibration, spokenOf(lexical, scoreMax));
}
