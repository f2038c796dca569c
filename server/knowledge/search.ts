import type { Audience } from '../../protocol/common.ts';
import type { HistoryEntry, SearchResult } from '../../protocol/knowledge.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { languageOf } from './analyze.ts';
import { confidence, features, usualCalibration } from './confidence.ts';
import { type Encoder, isOf } from './encoder.ts';
import { type EncoderDeps, encoderFor } from './encoders.ts';
import { explainResults } from './explain.ts';
import { type Found, findCandidates } from './find-candidates.ts';
import { findGround, type Ground } from './ground-queries.ts';
import { readQuestion } from './question.ts';
import { type RankedChunk, rank, semanticShare, shortlist } from './rank.ts';
import { rerankedMax, rerankResults } from './rerank-results.ts';
import { findLiveChunks, type SearchFilter } from './search-queries.ts';

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
/** Each look costs milliseconds; only a document that is replaced again and again needs more than two. */
const looksMax = 5;

/**
 * Finds the chunks that answer a question: BM25F over documents, closeness of the question's words, and cosines of documents and
 * chunks, fused. Only live versions of published documents for these audiences. Where the encoder cannot be used just now, the
 * words decide alone. A question without a letter finds nothing.
 */
export async function search(deps: Slice, input: SearchInput): Promise<SearchOutcome> {
  const { db } = deps;
  const likely = deps.encoders ? deps.encoders.likely(input.workspaceId) : deps.encoder;
  const embedding = embedQuestion(likely, input);
  // awaited below, unless something else fails first
  embedding.catch(() => undefined);
  const ground = await findGround(db, input.workspaceId);
  const { corpus } = ground;
  const question = await readQuestion(db, input, corpus);
  const encoder = ground.space ? encoderFor(deps, ground.space) : likely;
  deps.encoders?.noticed(input.workspaceId, encoder);
  const encoded = await (encoder === likely ? embedding : embedQuestion(encoder, input));
  input.signal?.throwIfAborted();
  if (!question) return { query: input.query.trim(), results: [], confidence: 0 };
  const vector = ground.space && encoder && isOf(encoder.space, ground.space) ? encoded : null;
  const filter: SearchFilter = { workspaceId: input.workspaceId, audiences: input.audiences, locale: input.locale };
  const language = input.locale ? languageOf(input.locale) : (corpus.languages[0] ?? 'en');
  const share = vector && ground.space ? semanticShare(ground.space, question.termCount, language) : 0;
  for (let look = 1; ; look += 1) {
    const found = await findCandidates(db, ground, {
      filter,
      question,
      vector,
      exact: input.exact,
    });
    const ranked = rank(shortlist(found.candidates, share), question, share);
    const readMax = deps.reranker ? Math.max(input.limit, rerankedMax) : input.limit;
    const { results, changed } = await readResults(deps, filter, ranked, readMax);
    // a document was replaced or withdrawn between two of the queries: what took its place is in the index by now
    if (changed && look < looksMax) continue;
    const asked = input.standalone ?? input.query;
    const reordered = deps.reranker && (await rerankResults(deps.reranker, asked, results, input.signal));
    input.signal?.throwIfAborted();
    const shown = (reordered ?? results).slice(0, input.limit);
    return {
      query: question.standalone,
      results: input.explain ? explainResults(shown, { question, ...found, ranked, semanticShare: share }) : shown,
      confidence: results.length > 0 ? howLikely(ground, found) : 0,
      ...(reordered ? { reranked: true } : {}),
    };
  }
}

async function embedQuestion(encoder: Encoder | undefined, input: SearchInput): Promise<number[] | null> {
  const { signal } = input;
  const query = input.standalone ?? input.query;
  if (!encoder || !/[\p{L}\p{N}]/u.test(query)) return null;
  const timeout = AbortSignal.timeout(encodeTimeoutMs);
  const ended = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    // the signal ends the work, the race ends the waiting: a batch under way is not given up
    const [vector] = await Promise.race([encoder.embed([query], 'question', ended), rejection(ended)]);
    return vector ?? null;
  } catch (error) {
    const isAway = error instanceof AppError && error.code === 'unavailable';
    if (isAway || timeout.aborted || signal?.aborted) return null;
    throw error;
  }
}

const rejection = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

async function readResults(
  { db }: Pick<Deps, 'db'>,
  filter: SearchFilter,
  ranked: RankedChunk[],
  limit: number,
): Promise<{ results: SearchResult[]; changed: boolean }> {
  const wanted = ranked.slice(0, limit);
  const ids = wanted.map((chunk) => chunk.chunkId);
  const found = await findLiveChunks(db, filter, ids);
  const results = wanted.flatMap(({ chunkId, score, lexical, semantic }) => {
    const chunk = found.get(chunkId);
    return chunk ? [{ ...chunk, score, lexical, semantic }] : [];
  });
  return { results, changed: results.length < wanted.length };
}

function howLikely({ space, corpus }: Ground, { candidates, lexical }: Found): number {
  const cosines = candidates.flatMap((candidate) => candidate.semantic ?? []);
  return confidence(features(lexical, cosines, corpus.documents), space?.calibration ?? usualCalibration);
}
