import { Alert, Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { DocumentWithBody } from '../../protocol/knowledge.ts';
import { Page } from '../ui/page.tsx';
import { Prose } from '../ui/prose.tsx';
import { EmptyState } from '../ui/states.tsx';
import { TimeLabel } from '../ui/time-label.tsx';
import { useIsAdmin } from '../ui/use-role.ts';
import classes from './article-form.module.css';
import { IndexLabel } from './index-label.tsx';
import { useReindex } from './use-documents.ts';

/** A document that is not written here: an uploaded file, or any for agents, who read. */
export function ReadOnlyDocument({ document, actions }: { document: DocumentWithBody; actions?: ReactNode }) {
  const queries = useQueryClient();
  const reindex = useReindex();
  const again = () =>
    reindex.mutate(document.id, {
      onSettled: () => queries.invalidateQueries({ queryKey: ['document', document.id] }),
    });
  return (
    <Page title={document.title} actions={actions}>
      <div>
        <div className={classes.meta}>
          <Link to="/knowledge">All documents</Link>
          {document.fileName && <span>From {document.fileName}</span>}
          <span>{document.audience === 'internal' ? 'Internal' : 'Public'}</span>
          <span>{document.status === 'draft' ? 'Draft' : 'Published'}</span>
          <IndexLabel index={document.index} />
          <span>
            Updated <TimeLabel at={document.updatedAt} style="ago" />
          </span>
          {document.url && (
            <a href={document.url} target="_blank" rel="noopener noreferrer">
              On the website
            </a>
          )}
        </div>
        {document.index.state === 'failed' && (
          <FailedAlert error={document.index.error} loading={reindex.isPending} onRetry={again} />
        )}
        {document.body ? (
          <Prose markdown={document.body} className={classes.readOnly} />
        ) : (
          <EmptyState>
            {document.index.state === 'failed' ? 'There is no text to show.' : 'The file is being read.'}
          </EmptyState>
        )}
      </div>
    </Page>
  );
}

function FailedAlert({
  error,
  loading,
  onRetry,
}: {
  error?: string | undefined;
  loading: boolean;
  onRetry: () => void;
}) {
  const admin = useIsAdmin();
  return (
    <Alert color="red" mb="lg">
      <p>{error ?? 'It could not be indexed.'}</p>
      {admin && (
        <Button
          size="xs"
          mt="sm"
          variant="default"
          leftSection={<IconRefresh size={14} />}
          loading={loading}
          onClick={onRetry}
        >
          Try again
        </Button>
      )}
    </Alert>
  );
}
