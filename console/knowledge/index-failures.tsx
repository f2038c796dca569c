import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { IndexHealth } from '../../protocol/spaces.ts';
import { number } from '../ui/time.ts';
import classes from './index-page.module.css';
import type { IndexActions } from './use-index-health.ts';

type Props = { failures: IndexHealth['failures']; total: number; admin: boolean; actions: IndexActions };

/** The documents that could not be indexed, each with its reason. */
export function IndexFailures({ failures, total, admin, actions: { reindex, retryAll } }: Props) {
  return (
    <section aria-label="Documents that could not be indexed">
      <header className={classes.head}>
        <h2>Not indexed</h2>
        {admin && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={retryAll.isPending}
            onClick={() => retryAll.mutate()}
          >
            Try all again
          </Button>
        )}
      </header>
      {total > failures.length && (
        <p className={classes.hint}>
          The newest {number(failures.length)} of {number(total)} are shown.
        </p>
      )}
      <ul className={classes.failures}>
        {failures.map(({ documentId, title, error, attempts }) => (
          <li key={documentId}>
            <div className={classes.failure}>
              <Link to="/knowledge/$documentId" params={{ documentId }} dir="auto" preload={false}>
                {title}
              </Link>
              <span dir="auto">{error}</span>
              <span>{attempts === 1 ? 'Tried once' : `Tried ${number(attempts)} times`}</span>
            </div>
            {admin && (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`Try “${title.slice(0, 80)}” again`}
                loading={reindex.isPending && reindex.variables === documentId}
                onClick={() => reindex.mutate(documentId)}
              >
                Try again
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
