import { Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { AgentConversation } from '../../protocol/conversation.ts';
import { agentsQuery } from '../app/queries.ts';
import { useLive, useLiveState } from '../live/live-context.tsx';
import classes from './conversation-pane.module.css';
import type { RunCommand } from './use-actions.tsx';

type Props = {
  conversation: AgentConversation;
  opened: boolean;
  onChange: (opened: boolean) => void;
  run: RunCommand;
  children: ReactNode;
};

const presenceWords = { online: 'Online', away: 'Away', offline: 'Offline' };

/** Gives a conversation to an agent: those who are there first, with how much each holds. */
export function AssignMenu({ conversation, opened, onChange, run, children }: Props) {
  const live = useLive();
  const agents = useQuery({ ...agentsQuery, enabled: opened });
  const presence = useLiveState((state) => state.presence);
  const order = { online: 0, away: 1, offline: 2 };
  const people = (agents.data?.data ?? [])
    .filter((agent) => agent.status === 'active')
    .map((agent) => ({ ...agent, there: presence.find(({ agentId }) => agentId === agent.id) }))
    .sort(
      (a, b) =>
        order[a.there?.status ?? 'offline'] - order[b.there?.status ?? 'offline'] || a.name.localeCompare(b.name),
    );
  return (
    <Menu opened={opened} onChange={onChange} position="bottom-end" width={280}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        <Menu.Label>Assign to</Menu.Label>
        {people.map((agent) => (
          <Menu.Item
            key={agent.id}
            disabled={conversation.state === 'agent' && conversation.assignee?.id === agent.id}
            onClick={() => void run(conversation, { kind: 'assign', agentId: agent.id })}
          >
            {agent.name}
            {agent.id === live.self.id ? ' (you)' : ''}
            <div className={classes.menuNote}>
              {presenceWords[agent.there?.status ?? 'offline']} · {agent.there?.open ?? 0} open
            </div>
          </Menu.Item>
        ))}
        {people.length === 0 && (
          <Menu.Item disabled>{agents.isError ? 'Agents could not be loaded' : 'Loading…'}</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
