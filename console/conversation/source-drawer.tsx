import { Button, Drawer } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Citation } from '../../protocol/message.ts';
import { fetchDocument } from '../api/calls.ts';
import { markQuote } from '../ui/mark-quote.ts';
import { Prose } from '../ui/prose.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import classes from './drawers.module.css';

/** The passage behind a citation, and the article around it. */
export function SourceDrawer({ citation, onClose }: { citation: Citation | undefined; onClose: () => void }) {
  return (
    <Drawer
      opened={citation !== undefined}
      onClose={onClose}
      size={520}
      title={citation?.title}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {citation && <Source key={`${citation.chunkId}:${citation.n}`} citation={citation} />}
    </Drawer>
  );
}

function Source({ citation }: { citation: Citation }) {
  const found = useQuery({
    queryKey: ['document', citation.documentId],
    queryFn: () => fetchDocument(citation.documentId),
  });
  const article = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mark is made in what the data rendered
  useEffect(() => {
    if (article.current) markQuote(article.current, citation.quote)?.scrollIntoView({ block: 'center' });
  }, [citation, found.data]);
  return (
    <>
      <section className={classes.quote} aria-label="Cited passage">
        <Prose markdown={citation.quote} />
      </section>
      <div className={classes.links}>
        <Link to="/knowledge/$documentId" params={{ documentId: citation.documentId }} className={classes.link}>
          Open in knowledge
        </Link>
        {citation.url && (
          <Button
            component="a"
            href={citation.url}
            target="_blank"
            rel="noopener noreferrer"
            size="xs"
            variant="default"
            rightSection={<IconExternalLink size={14} />}
          >
            On the website
          </Button>
        )}
      </div>
      <h3 className={classes.heading}>The whole article</h3>
      {found.isPending && <SkeletonRows rows={4} height={56} label="Loading the article" />}
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && (
        <div ref={article}>
          <Prose markdown={found.data.body ?? 'The text of this file is still being read.'} />
        </div>
      )}
    </>
  );
}
