import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import {
  IconArrowLeft,
  IconCheck,
  IconDots,
  IconHourglassHigh,
  IconLayoutSidebarRight,
  IconMoon,
  IconUserShare,
} from '@tabler/icons-react';
import { type Ref, useImperativeHandle, useState } from 'react';
import type { AgentConversation } from '../../protocol/conversation.ts';
import { useLive, useLiveState } from '../live/live-context.tsx';
import { mayDo } from '../live/predict.ts';
import { customerName } from '../ui/customer-name.ts';
import { StateLabel } from '../ui/state-label.tsx';
import { AssignMenu } from './assign-menu.tsx';
import classes from './conversation-pane.module.css';
import { SnoozeMenu } from './snooze-menu.tsx';
import { useActions } from './use-actions.tsx';

export type HeaderHandle = { openMenu(menu: 'assign' | 'snooze'): void };

type Props = {
  conversation: AgentConversation;
  onBack: () => void;
  onToggleDetails: () => void;
  ref: Ref<HeaderHandle>;
};

export function ConversationHeader({ conversation, onBack, onToggleDetails, ref }: Props) {
  const live = useLive();
  const run = useActions();
  const [menu, setMenu] = useState<'assign' | 'snooze'>();
  const may = (kind: Parameters<typeof mayDo>[1]) => mayDo(conversation, kind, live.self);
  useImperativeHandle(ref, () => ({
    openMenu: (wanted) => setMenu(may(wanted) ? wanted : undefined),
  }));
  const toggle = (name: 'assign' | 'snooze') => (opened: boolean) => setMenu(opened ? name : undefined);
  const mine = conversation.state === 'agent' && conversation.assignee?.id === live.self.id;

  return (
    <header className={classes.header}>
      <ActionIcon className={classes.back} aria-label="Back to the list" onClick={onBack}>
        <IconArrowLeft size={18} stroke={1.75} />
      </ActionIcon>
      <div className={classes.who}>
        <div className={classes.name}>
          <h2 dir="auto" title={customerName(conversation)}>
            {customerName(conversation)}
          </h2>
          <StateLabel conversation={conversation} selfId={live.self.id} />
        </div>
        <Viewers conversationId={conversation.id} />
      </div>
      <div className={classes.actions}>
        {may('claim') && conversation.state !== 'resolved' && (
          <Tooltip label="Claim (C)">
            <Button variant="filled" size="xs" onClick={() => void run(conversation, { kind: 'claim' })}>
              Claim
            </Button>
          </Tooltip>
        )}
        {may('reopen') && (
          <Tooltip label="Reopen (E)">
            <Button variant="default" size="xs" onClick={() => void run(conversation, { kind: 'reopen' })}>
              Reopen
            </Button>
          </Tooltip>
        )}
        {may('resolve') && (
          <Tooltip label="Resolve (E)">
            <Button
              variant={mine ? 'filled' : 'default'}
              size="xs"
              leftSection={<IconCheck size={14} />}
              onClick={() => void run(conversation, { kind: 'resolve' })}
            >
              Resolve
            </Button>
          </Tooltip>
        )}
        <AssignMenu conversation={conversation} opened={menu === 'assign'} onChange={toggle('assign')} run={run}>
          <ActionIcon aria-label="Assign (A)" title="Assign (A)" visibleFrom="xs">
            <IconUserShare size={18} stroke={1.75} />
          </ActionIcon>
        </AssignMenu>
        {may('snooze') && (
          <SnoozeMenu conversation={conversation} opened={menu === 'snooze'} onChange={toggle('snooze')} run={run}>
            <ActionIcon aria-label="Snooze (S)" title="Snooze (S)" visibleFrom="xs">
              <IconMoon size={18} stroke={1.75} />
            </ActionIcon>
          </SnoozeMenu>
        )}
        <Menu position="bottom-end" width={220}>
          <Menu.Target>
            <ActionIcon aria-label="More actions">
              <IconDots size={18} stroke={1.75} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconHourglassHigh size={16} />}
              disabled={!may('handoff')}
              onClick={() => void run(conversation, { kind: 'handoff', reason: 'An agent put it in the queue.' })}
            >
              Hand to the queue
            </Menu.Item>
            <Menu.Item hiddenFrom="xs" leftSection={<IconUserShare size={16} />} onClick={() => setMenu('assign')}>
              Assign…
            </Menu.Item>
            {may('snooze') && (
              <Menu.Item hiddenFrom="xs" leftSection={<IconMoon size={16} />} onClick={() => setMenu('snooze')}>
                Snooze…
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
        <Tooltip label="Details (I)">
          <ActionIcon aria-label="Show or hide the details" onClick={onToggleDetails}>
            <IconLayoutSidebarRight size={18} stroke={1.75} />
          </ActionIcon>
        </Tooltip>
      </div>
    </header>
  );
}

const noViewers: readonly never[] = [];

/** Who else has this conversation open. */
function Viewers({ conversationId }: { conversationId: string }) {
  const live = useLive();
  const viewers = useLiveState((state) => state.viewers.get(conversationId) ?? noViewers);
  const others = [...new Set(viewers.filter(({ agentId }) => agentId !== live.self.id).map(({ name }) => name))];
  if (others.length === 0) return null;
  return (
    <p className={classes.viewers}>
      {others.join(', ')} {others.length === 1 ? 'is' : 'are'} here too
    </p>
  );
}
