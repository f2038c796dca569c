import { Button } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { type View, views } from '../live/conversation-list.ts';
import { useLive } from '../live/live-context.tsx';
import { useCount, useView } from '../live/use-view.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import classes from './conversation-list.module.css';
import { ConversationRow } from './conversation-row.tsx';
import { useKeptPlace } from './use-kept-place.ts';
import { ViewMenu } from './view-menu.tsx';
import { countText } from './view-nav.tsx';

export const rowHeight = 56;

export type ListHandle = {
  /** Moves the focus by so many rows, from the focused or else the open one. */
  move(by: number): void;
  focus(conversationId: string | undefined): void;
  focusedId(): string | undefined;
};

type Props = { view: View; openId: string | undefined; ref: Ref<ListHandle> };

export function ConversationList({ view, openId, ref }: Props) {
  const { rows, pages } = useView(view);
  const held = useCount('mine');
  const live = useLive();
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  // Where the focus or the open conversation was last: when that row leaves the list, moving goes on from there.
  const lastIndex = useRef(-1);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
  });
  const savePlace = useKeptPlace(scroller, rows, rowHeight, view);

  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError && lastShown >= rows.length - 20)
      void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, lastShown, rows.length]);

  useEffect(() => {
    const index = rows.findIndex(({ id }) => id === openId);
    if (index >= 0) lastIndex.current = index;
  }, [rows, openId]);

  const focusRow = (index: number) => {
    const row = rows[index];
    if (!row) return;
    lastIndex.current = index;
    virtual.scrollToIndex(index, { align: 'auto' });
    // The row may be rendered only now that it is in view.
    requestAnimationFrame(() => rowElement(scroller.current, row.id)?.focus({ preventScroll: true }));
  };
  const focusedId = () => {
    const focused = document.activeElement;
    return focused instanceof HTMLElement && scroller.current?.contains(focused)
      ? focused.dataset.conversation
      : undefined;
  };
  useImperativeHandle(ref, () => ({
    move: (by) => {
      const current = focusedId() ?? openId;
      const at = rows.findIndex(({ id }) => id === current);
      // From a row that has left, "next" is the one that took its place.
      const from = at >= 0 ? at : lastIndex.current - (by > 0 ? 1 : 0);
      focusRow(Math.max(0, Math.min(rows.length - 1, from + by)));
    },
    focus: (id) => focusRow(rows.findIndex((row) => row.id === id)),
    focusedId,
  }));

  const description = views.find(({ id }) => id === view);
  return (
    <>
      <header className={classes.header}>
        <ViewMenu view={view} />
        <h2>{description?.label}</h2>
      </header>
      <div ref={scroller} className={classes.scroller} onScroll={savePlace}>
        {rows.length > 0 && (
          <ul className={classes.rows} style={{ height: virtual.getTotalSize() }} aria-label={description?.label}>
            {items.map(({ index, key, start }) => {
              const conversation = rows[index];
              return conversation ? (
                <li
                  key={key}
                  className={classes.item}
                  style={{ transform: `translateY(${start}px)` }}
                  aria-setsize={rows.length}
                  aria-posinset={index + 1}
                >
                  <ConversationRow
                    conversation={conversation}
                    selfId={live.self.id}
                    open={conversation.id === openId}
                  />
                </li>
              ) : null;
            })}
          </ul>
        )}
        {rows.length === 0 && pages.isPending && (
          <SkeletonRows rows={8} height={rowHeight} label="Loading conversations" />
        )}
        {rows.length === 0 && pages.isError && (
          <ErrorState error={pages.error} onRetry={() => void pages.refetch()} title="The list could not be loaded." />
        )}
        {rows.length > 0 && pages.isError && <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />}
        {rows.length === 0 && pages.isSuccess && (
          <EmptyState
            icon={<IconInbox size={20} stroke={1.75} />}
            action={
              view === 'all' ? (
                <Button component="a" href="/demo" target="_blank" variant="default" size="xs">
                  Try the widget
                </Button>
              ) : (
                <Button
                  variant="default"
                  size="xs"
                  onClick={() =>
                    void navigate({
                      to: '/inbox/{-$conversationId}',
                      params: (previous) => previous,
                      search: { view: view === 'queue' && held.total > 0 ? 'mine' : 'all' },
                    })
                  }
                >
                  {view === 'queue' && held.total > 0 ? `See yours (${countText(held)})` : 'See all conversations'}
                </Button>
              )
            }
          >
            {description?.empty}
          </EmptyState>
        )}
      </div>
    </>
  );
}

function rowElement(scroller: HTMLElement | null, id: string): HTMLElement | null {
  return scroller?.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(id)}"]`) ?? null;
}
