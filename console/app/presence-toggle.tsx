import { Menu, UnstyledButton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCircleCheckFilled, IconClockPause, IconPlugConnectedX } from '@tabler/icons-react';
import { useState } from 'react';
import { useLive, useLiveState } from '../live/live-context.tsx';
import classes from './rail.module.css';

const looks = {
  online: { label: 'Online', hint: 'New conversations come to you', icon: IconCircleCheckFilled },
  away: { label: 'Away', hint: 'Nothing new comes to you', icon: IconClockPause },
  offline: { label: 'Offline', hint: 'Not connected', icon: IconPlugConnectedX },
};

/** Whether routing gives this agent new conversations. */
export function PresenceToggle() {
  const live = useLive();
  const [wanted, setWanted] = useState<'online' | 'away'>();
  const told = useLiveState((state) => state.presence.find((agent) => agent.agentId === live.self.id)?.status);
  const connected = useLiveState((state) => state.connection === 'online');
  const status = connected ? (wanted ?? told ?? 'online') : 'offline';
  const { icon: Icon, label } = looks[status];

  const choose = (next: 'online' | 'away') => {
    setWanted(next);
    live
      .setPresence(next)
      .catch(() => notifications.show({ color: 'red', message: 'Your status could not be changed. Try again.' }))
      .finally(() => setWanted(undefined));
  };

  return (
    <Menu position="top-start">
      <Menu.Target>
        <UnstyledButton className={classes.presence} data-status={status} aria-label={`Your status: ${label}`}>
          <Icon size={18} aria-hidden />
          <span>{label}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {(['online', 'away'] as const).map((value) => {
          const { icon: ItemIcon, label: itemLabel, hint } = looks[value];
          return (
            <Menu.Item
              key={value}
              leftSection={<ItemIcon size={16} />}
              onClick={() => choose(value)}
              disabled={!connected}
            >
              {itemLabel}
              <div className={classes.hint}>{hint}</div>
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
