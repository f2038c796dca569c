import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { AgentConversation } from '../../protocol/conversation.ts';
import { fetchConversations } from '../api/calls.ts';
import { filterOf, inView, isIn, type View } from './conversation-list.ts';
import type { Live } from './create-live.ts';
import { useLive, useLiveState } from './live-context.tsx';
import { withConversations } from './live-state.ts';

const pageSize = 100;

/** Pages of a view go into the live store, which events keep right; the query only knows how far it has read. */
function viewPages(live: Live, view: View, epoch: number) {
  return {
    queryKey: ['conversations', view, epoch],
    queryFn: async ({ pageParam, signal }: { pageParam: string | null; signal: AbortSignal }) => {
      const page = await fetchConversations(
        { ...filterOf(view, live.self.id), limit: pageSize, cursor: pageParam },
        signal,
      );
      live.store.update((state) => withConversations(state, page.data));
      return page.page;
    },
    initialPageParam: null,
    getNextPageParam: (page: { nextCursor: string | null; hasMore: boolean }) =>
      page.hasMore ? page.nextCursor : null,
    staleTime: Number.POSITIVE_INFINITY,
  };
}

export function useView(view: View) {
  const live = useLive();
  // A new epoch refetches; what is held stays on screen meanwhile.
  const epoch = useLiveState((state) => state.epoch);
  const conversations = useLiveState((state) => state.conversations);
  const pages = useInfiniteQuery({ ...viewPages(live, view, epoch), placeholderData: (previous) => previous });
  const rows = useMemo(() => inView(conversations, view, live.self.id), [conversations, view, live]);
  return { rows, pages };
}

export type Count = { total: number; more: boolean; unread: number };

export function useCount(view: View): Count {
  const { pages } = useView(view);
  const live = useLive();
  const conversations = useLiveState((state) => state.conversations);
  return useMemo(() => {
    let total = 0;
    let unread = 0;
    for (const conversation of conversations.values()) {
      if (!isIn(view, conversation, live.self.id)) continue;
      total += 1;
      if (isUnread(conversation)) unread += 1;
    }
    return { total, unread, more: pages.hasNextPage };
  }, [conversations, view, live, pages.hasNextPage]);
}

/** Something that a person should read: what the assistant deals with is not. */
export const isUnread = ({ state, unread }: Pick<AgentConversation, 'state' | 'unread'>): boolean =>
  unread > 0 && state !== 'assistant' && state !== 'resolved';
