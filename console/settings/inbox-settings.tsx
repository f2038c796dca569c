import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { inboxesQuery } from '../app/queries.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { CopyField } from './copy-field.tsx';
import { InboxForm } from './inbox-form.tsx';
import classes from './settings.module.css';

/** How the widget looks, where it may be, and how it gets there. */
export function InboxSettings() {
  const inboxes = useQuery(inboxesQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  if (inboxes.isPending) return <SkeletonRows rows={6} height={56} label="Loading the inbox" />;
  if (inboxes.isError) return <ErrorState error={inboxes.error} onRetry={() => void inboxes.refetch()} />;
  const all = inboxes.data.data;
  const inbox = all.find(({ id }) => id === chosen) ?? all[0];
  if (!inbox) return <EmptyState>This workspace has no inbox.</EmptyState>;
  return (
    <div className={classes.section}>
      {all.length > 1 && (
        <Select
          label="Inbox"
          allowDeselect={false}
          data={all.map(({ id, name }) => ({ value: id, label: name }))}
          value={inbox.id}
          onChange={setChosen}
        />
      )}
      <section>
        <h2>On your website</h2>
        <p className={classes.hint}>
          Put these two lines before the end of the body of each page that shows the widget.
        </p>
        <CopyField value={snippetFor(inbox.key, location.origin)} label="Snippet for your website" />
      </section>
      <InboxForm key={inbox.id} inbox={inbox} />
    </div>
  );
}

function snippetFor(key: string, origin: string): string {
  return [
    `<script>window.ParleySettings = { inboxKey: '${key}' }</script>`,
    `<script async src="${origin}/widget/v1.js"></script>`,
  ].join('\n');
}
