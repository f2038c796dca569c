import type { Audience } from '../../protocol/common.ts';
import type { HistoryEntry, SearchResult } from '../../protocol/knowledge.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';

export type SearchInput = {
  workspaceId: string;
  query: string;
  /** Oldest first, without the query. */
  history: HistoryEntry[];
  limit: number;
  /** Whose documents may be found. */
  audiences: Audience[];
  locale?: string;
  signal?: AbortSignal;
};

export type SearchOutcome = {
  /** The question that was actually searched for, after the history was folded in. */
  query: string;
  /** Best first: each document's best chunk, then further chunks of good documents. */
  results: SearchResult[];
  /** How likely it is that the knowledge base holds the answer, 0 to 1. */
  confidence: number;
};

export async function search(_deps: Pick<Deps, 'db' | 'encoder'>, _input: SearchInput): Promise<SearchOutcome> {
  throw new AppError('unavailable', { detail: 'search is being built' });
}
