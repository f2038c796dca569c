import { Button, Tooltip } from '@mantine/core';
import { IconBook, IconFileText, IconLock, IconNotes, IconRefresh, IconWorld } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { Document } from '../../protocol/knowledge.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { TimeLabel } from '../ui/time-label.tsx';
import { IndexLabel } from './index-label.tsx';
import classes from './knowledge.module.css';
import { documentsOf, type useDocuments, useReindex } from './use-documents.ts';

const rowHeight = 56;

type Props = {
  documents: ReturnType<typeof useDocuments>;
  admin: boolean;
  filtered: boolean;
  onClear: () => void;
  onUpload: () => void;
};

export function DocumentList({ documents, admin, filtered, onClear, onUpload }: Props) {
  const rows = documentsOf(documents.data);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = documents;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError && lastShown >= rows.length - 20)
      void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, lastShown, rows.length]);

  return (
    <div ref={scroller} className={classes.scroller}>
      {rows.length > 0 && (
        <ul className={classes.rows} style={{ height: virtual.getTotalSize() }} aria-label="Documents">
          {items.map(({ index, key, start }) => {
            const document = rows[index];
            return document ? (
              <li
                key={key}
                className={classes.item}
                style={{ transform: `translateY(${start}px)` }}
                aria-setsize={rows.length}
                aria-posinset={index + 1}
              >
                <Row document={document} admin={admin} />
              </li>
            ) : null;
          })}
        </ul>
      )}
      {rows.length === 0 && documents.isPending && (
        <SkeletonRows rows={10} height={rowHeight} label="Loading documents" />
      )}
      {documents.isError && <ErrorState error={documents.error} onRetry={() => void documents.refetch()} />}
      {rows.length === 0 && documents.isSuccess && !documents.isPlaceholderData && (
        <NothingHere admin={admin} filtered={filtered} onClear={onClear} onUpload={onUpload} />
      )}
    </div>
  );
}

function NothingHere({ admin, filtered, onClear, onUpload }: Omit<Props, 'documents'>) {
  if (filtered) {
    return (
      <EmptyState
        icon={<IconBook size={20} stroke={1.75} />}
        action={
          <Button variant="default" size="xs" onClick={onClear}>
            Show all documents
          </Button>
        }
      >
        No document fits these filters.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<IconBook size={20} stroke={1.75} />}
      action={
        admin && (
          <Button variant="default" size="xs" onClick={onUpload}>
            Upload files
          </Button>
        )
      }
    >
      The assistant has nothing to answer from yet.
    </EmptyState>
  );
}

function Row({ document, admin }: { document: Document; admin: boolean }) {
  const reindex = useReindex();
  const Kind = document.kind === 'file' ? IconFileText : IconNotes;
  const failed = document.index.state === 'failed';
  return (
    <div className={classes.row} data-failed={failed || undefined}>
      <Link
        to="/knowledge/$documentId"
        params={{ documentId: document.id }}
        className={classes.title}
        preload={false}
        dir="auto"
        title={document.title}
      >
        {document.title}
      </Link>
      <span className={classes.kind}>
        <Kind size={14} stroke={1.75} aria-hidden />
        {document.kind === 'file' ? 'File' : 'Article'}
      </span>
      <span className={classes.audience}>
        {document.audience === 'internal' ? (
          <IconLock size={14} stroke={1.75} aria-hidden />
        ) : (
          <IconWorld size={14} stroke={1.75} aria-hidden />
        )}
        {document.audience === 'internal' ? 'Internal' : 'Public'}
      </span>
      <span className={classes.status}>{document.status === 'draft' ? 'Draft' : 'Published'}</span>
      <span className={classes.indexCell}>
        <IndexLabel index={document.index} />
        {failed && document.index.error && <span className={classes.reason}>{document.index.error}</span>}
      </span>
      {failed && admin && (
        <Tooltip label="Index again">
          <Button
            className={classes.retry}
            size="compact-xs"
            variant="default"
            loading={reindex.isPending}
            leftSection={<IconRefresh size={12} />}
            onClick={() => reindex.mutate(document.id)}
          >
            Try again
          </Button>
        </Tooltip>
      )}
      <TimeLabel at={document.updatedAt} className={classes.updated} />
    </div>
  );
}
