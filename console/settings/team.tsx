import { Alert, Button, Menu, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { IconDots } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Agent } from '../../protocol/staff.ts';
import { inviteAgent, patchAgent } from '../api/calls.ts';
import { errorText } from '../api/http.ts';
import { agentsQuery } from '../app/queries.ts';
import { useLiveState } from '../live/live-context.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { useIsAdmin, useSession } from '../ui/use-role.ts';
import { CopyField } from './copy-field.tsx';
import classes from './settings.module.css';

const roleWords = { owner: 'Owner', admin: 'Admin', agent: 'Agent' };

export function Team() {
  const admin = useIsAdmin();
  const agents = useQuery(agentsQuery);
  useNewcomers(agents.data?.data);
  return (
    <div className={classes.section}>
      {admin && <Invite />}
      <section>
        <h2>People</h2>
        {agents.isPending && <SkeletonRows rows={3} height={56} label="Loading the team" />}
        {agents.isError && <ErrorState error={agents.error} onRetry={() => void agents.refetch()} />}
        <ul className={classes.list}>
          {agents.data?.data.map((agent) => (
            <Person key={agent.id} agent={agent} admin={admin} />
          ))}
        </ul>
      </section>
    </div>
  );
}

/** Somebody is here who was invited, or not known at all, when the list was read: it is read again. */
function useNewcomers(agents: readonly Agent[] | undefined) {
  const queries = useQueryClient();
  const here = useLiveState((state) => state.presence);
  const active = new Set(agents?.filter(({ status }) => status === 'active').map(({ id }) => id));
  const newcomers = agents && here.some(({ agentId }) => !active.has(agentId));
  useEffect(() => {
    if (newcomers) void queries.invalidateQueries(agentsQuery);
  }, [newcomers, queries]);
}

function Person({ agent, admin }: { agent: Agent; admin: boolean }) {
  const session = useSession();
  const queries = useQueryClient();
  const there = useLiveState((state) => state.presence.find(({ agentId }) => agentId === agent.id)?.status);
  const changing = useMutation({
    mutationFn: (change: Parameters<typeof patchAgent>[1]) => patchAgent(agent.id, change),
    onSettled: () => queries.invalidateQueries(agentsQuery),
    onError: (error) => notifications.show({ color: 'red', title: 'That did not work', message: errorText(error) }),
  });
  const self = agent.id === session.agent.id;
  const mayChange = admin && !self && agent.role !== 'owner';
  const state = {
    active: there === 'online' ? 'Online' : there === 'away' ? 'Away' : 'Offline',
    invited: 'Invited',
    disabled: 'Disabled',
  };
  return (
    <li>
      <div className={classes.who}>
        <strong dir="auto">
          {agent.name}
          {self && ' (you)'}
        </strong>
        <span>{agent.email}</span>
      </div>
      <span className={classes.fact}>{roleWords[agent.role]}</span>
      <span className={classes.fact}>{state[agent.status]}</span>
      {mayChange ? (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button
              variant="subtle"
              color="gray"
              size="xs"
              px={8}
              aria-label={`Change ${agent.name}`}
              loading={changing.isPending}
            >
              <IconDots size={16} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => changing.mutate({ role: agent.role === 'admin' ? 'agent' : 'admin' })}>
              Make {agent.role === 'admin' ? 'an agent' : 'an admin'}
            </Menu.Item>
            {agent.status === 'disabled' ? (
              <Menu.Item onClick={() => changing.mutate({ status: 'active' })}>Let in again</Menu.Item>
            ) : (
              <Menu.Item onClick={() => changing.mutate({ status: 'disabled' })}>
                {agent.status === 'invited' ? 'Take back the invitation' : 'Disable'}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      ) : (
        admin && <span className={classes.menuSpace} />
      )}
    </li>
  );
}

function Invite() {
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { name: '', email: '', role: 'agent' as 'agent' | 'admin' },
    validate: {
      name: (value) => (value.trim() === '' ? 'Enter a name. Customers see it.' : null),
      email: (value) => (/^\S+@\S+\.\S+$/.test(value.trim()) ? null : 'Enter an e-mail address.'),
    },
  });
  const inviting = useMutation({
    mutationFn: (values: typeof form.values) => inviteAgent({ ...values, email: values.email.trim() }),
    onSuccess: () => {
      form.reset();
      return queries.invalidateQueries(agentsQuery);
    },
  });
  return (
    <section>
      <h2>Invite someone</h2>
      <form className={classes.row} onSubmit={form.onSubmit((values) => inviting.mutate(values))} noValidate>
        <TextInput label="Name" className={classes.grow} {...form.getInputProps('name')} />
        <TextInput label="E-mail" type="email" className={classes.grow} {...form.getInputProps('email')} />
        <Select
          label="Role"
          w={120}
          allowDeselect={false}
          data={[
            { value: 'agent', label: 'Agent' },
            { value: 'admin', label: 'Admin' },
          ]}
          {...form.getInputProps('role')}
        />
        <Button type="submit" loading={inviting.isPending} className={classes.besideLabel}>
          Invite
        </Button>
      </form>
      {inviting.isError && (
        <Alert color="red" mt="md" role="alert">
          {errorText(inviting.error)}
        </Alert>
      )}
      {inviting.data && (
        <div className={classes.result} role="status">
          <p>Send this link to {inviting.data.name}. It works once, for seven days, and is shown only now.</p>
          <CopyField value={inviting.data.inviteUrl} label="Invitation link" />
        </div>
      )}
    </section>
  );
}
