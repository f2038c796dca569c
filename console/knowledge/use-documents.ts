import { type InfiniteData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Page } from '../../protocol/common.ts';
import type { Document } from '../../protocol/knowledge.ts';
import { fetchDocuments, reindexDocument } from '../api/calls.ts';

export type DocumentFilter = {
  q: string;
  status: 'published' | 'draft' | null;
  audience: 'public' | 'internal' | null;
  indexState: 'pending' | 'running' | 'done' | 'failed' | null;
};

const pollMs = 1_500;
const unfinished = (document: Document) => document.index.state === 'pending' || document.index.state === 'running';

/** The list, read again while anything in it is still being indexed. */
export function useDocuments(filter: DocumentFilter) {
  return useInfiniteQuery({
    queryKey: ['documents', filter],
    queryFn: ({ pageParam, signal }) => fetchDocuments({ ...filter, limit: 100, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<Document>) => (page.page.hasMore ? page.page.nextCursor : null),
    placeholderData: (previous) => previous,
    refetchInterval: (query) => (documentsOf(query.state.data).some(unfinished) ? pollMs : false),
  });
}

export const documentsOf = (data: InfiniteData<Page<Document>> | undefined): Document[] =>
  data?.pages.flatMap((page) => page.data) ?? [];

export function useReindex() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: reindexDocument,
    onSettled: () => queries.invalidateQueries({ queryKey: ['documents'] }),
  });
}
