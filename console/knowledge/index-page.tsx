import { IconDatabase } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { IndexHealth } from '../../protocol/spaces.ts';
import { Page } from '../ui/page.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { useIsAdmin } from '../ui/use-role.ts';
import { DocumentCounts } from './document-counts.tsx';
import { IndexFailures } from './index-failures.tsx';
import classes from './index-page.module.css';
import { KnowledgeTabs } from './knowledge-tabs.tsx';
import { SpaceCard } from './space-card.tsx';
import { useIndexActions, useIndexHealth } from './use-index-health.ts';

/** What search has made of the documents, by which model, and what it could not read. */
export function IndexPage() {
  const health = useIndexHealth();
  return (
    <Page title="Knowledge" wide>
      <KnowledgeTabs current="index" />
      <div className={classes.page}>
        {health.data ? (
          <Health health={health.data} />
        ) : health.isError ? (
          <ErrorState error={health.error} onRetry={() => void health.refetch()} />
        ) : (
          <SkeletonRows rows={4} height={104} label="Loading the state of the index" />
        )}
      </div>
    </Page>
  );
}

function Health({ health }: { health: IndexHealth }) {
  const admin = useIsAdmin();
  const actions = useIndexActions();
  const { spaces, documents, failures } = health;
  const active = spaces.find(({ state }) => state === 'active');
  const previous = previousOf(spaces);
  return (
    <div className={classes.health}>
      <DocumentCounts documents={documents} />
      {failures.length > 0 && (
        <IndexFailures failures={failures} total={documents.failed} admin={admin} actions={actions} />
      )}
      <section>
        <h2>Models</h2>
        <p className={classes.hint}>
          Each embedding model has vectors of its own. A new model fills its own beside the ones in use, and the ones
          before are kept, so that a switch can be undone.
        </p>
        {spaces.length === 0 ? (
          <EmptyState
            icon={<IconDatabase size={20} stroke={1.75} />}
            action={<Link to="/knowledge">Add a document</Link>}
          >
            Nothing is indexed yet. The first document begins it.
          </EmptyState>
        ) : (
          <ul className={classes.spaces}>
            {spaces.map((space) => (
              <SpaceCard
                key={space.id}
                space={space}
                active={active}
                isPrevious={space.id === previous?.id}
                actions={admin ? actions : undefined}
              />
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

/** The space that was in use before the present one. */
function previousOf(spaces: IndexHealth['spaces']) {
  return spaces
    .filter(({ state, activatedAt }) => state === 'kept' && activatedAt !== null)
    .toSorted((one, other) => Date.parse(other.activatedAt ?? '') - Date.parse(one.activatedAt ?? ''))
    .at(0);
}
