import { Alert, Button, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { IconKey } from '@tabler/icons-react';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ApiKey } from '../../protocol/staff.ts';
import { createApiKey, fetchApiKeys, revokeApiKey } from '../api/calls.ts';
import { errorText } from '../api/http.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { TimeLabel } from '../ui/time-label.tsx';
import { CopyField } from './copy-field.tsx';
import classes from './settings.module.css';

const apiKeysQuery = queryOptions({ queryKey: ['api-keys'], queryFn: fetchApiKeys });

export function ApiKeys() {
  const keys = useQuery(apiKeysQuery);
  return (
    <div className={classes.section}>
      <NewKey />
      <section>
        <h2>Keys</h2>
        {keys.isPending && <SkeletonRows rows={2} height={56} label="Loading the keys" />}
        {keys.isError && <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />}
        {keys.data?.data.length === 0 && (
          <EmptyState icon={<IconKey size={20} stroke={1.75} />}>
            No key yet. Make one above for each program that works with Parley.
          </EmptyState>
        )}
        <ul className={classes.list}>
          {keys.data?.data.map((key) => (
            <Key key={key.id} apiKey={key} />
          ))}
        </ul>
      </section>
    </div>
  );
}

function Key({ apiKey }: { apiKey: ApiKey }) {
  const queries = useQueryClient();
  const revoking = useMutation({
    mutationFn: () => revokeApiKey(apiKey.id),
    onSettled: () => queries.invalidateQueries(apiKeysQuery),
    onError: (error) =>
      notifications.show({ color: 'red', title: 'It could not be revoked', message: errorText(error) }),
  });
  const ask = () =>
    modals.openConfirmModal({
      title: `Revoke “${apiKey.name}”?`,
      children: 'Every program that uses this key stops working at once. A revoked key cannot be brought back.',
      labels: { confirm: 'Revoke', cancel: 'Keep it' },
      confirmProps: { color: 'red' },
      closeButtonProps: { 'aria-label': 'Close' },
      onConfirm: () => revoking.mutate(),
    });
  return (
    <li>
      <div className={classes.who}>
        <strong dir="auto">{apiKey.name}</strong>
        <span>
          <code>{apiKey.prefix}…</code>
        </span>
      </div>
      <span className={classes.fact}>{apiKey.role === 'admin' ? 'Admin' : 'Agent'}</span>
      <span className={classes.fact}>
        {apiKey.lastUsedAt ? (
          <>
            Used <TimeLabel at={apiKey.lastUsedAt} style="ago" />
          </>
        ) : (
          'Never used'
        )}
      </span>
      {apiKey.source === 'environment' ? (
        <span className={classes.fact} title="Made from PARLEY_API_KEY on each start">
          From the environment
        </span>
      ) : (
        <Button size="xs" variant="subtle" color="red" loading={revoking.isPending} onClick={ask}>
          Revoke
        </Button>
      )}
    </li>
  );
}

function NewKey() {
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { name: '', role: 'admin' as 'admin' | 'agent' },
    validate: { name: (value) => (value.trim() === '' ? 'Name it after the program that will use it.' : null) },
  });
  const making = useMutation({
    mutationFn: createApiKey,
    onSuccess: () => {
      form.reset();
      return queries.invalidateQueries(apiKeysQuery);
    },
  });
  return (
    <section>
      <h2>New API key</h2>
      <form className={classes.row} onSubmit={form.onSubmit((values) => making.mutate(values))} noValidate>
        <TextInput label="Name" placeholder="Order sync" className={classes.grow} {...form.getInputProps('name')} />
        <Select
          label="May do what"
          w={160}
          allowDeselect={false}
          data={[
            { value: 'admin', label: 'an admin may' },
            { value: 'agent', label: 'an agent may' },
          ]}
          {...form.getInputProps('role')}
        />
        <Button type="submit" loading={making.isPending} className={classes.besideLabel}>
          Make the key
        </Button>
      </form>
      {making.isError && (
        <Alert color="red" mt="md" role="alert">
          {errorText(making.error)}
        </Alert>
      )}
      {making.data && (
        <div className={classes.result} role="status">
          <p>Copy the key now. It is not shown again.</p>
          <CopyField value={making.data.key} label="API key" />
        </div>
      )}
    </section>
  );
}
