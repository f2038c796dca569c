import { ActionIcon, Menu, Tooltip, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import {
  IconBook,
  IconChartDots,
  IconDeviceDesktop,
  IconInbox,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSettings,
  IconSun,
} from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link, useMatch, useNavigate } from '@tanstack/react-router';
import { signOut } from '../api/calls.ts';
import { ViewNav } from '../inbox/view-nav.tsx';
import { useCount } from '../live/use-view.ts';
import { modKey } from '../ui/use-keys.ts';
import { PresenceToggle } from './presence-toggle.tsx';
import { queryClient } from './queries.ts';
import classes from './rail.module.css';
import { search } from './search-store.ts';

const places = [
  { to: '/knowledge', label: 'Knowledge', icon: IconBook },
  { to: '/quality', label: 'Quality', icon: IconChartDots },
  { to: '/settings/{-$section}', label: 'Settings', icon: IconSettings },
] as const;

export function Rail({ onHelp }: { onHelp: () => void }) {
  const { session } = useMatch({ from: '/app' }).context;
  const waiting = useCount('queue');
  return (
    <nav className={classes.rail} aria-label="Main">
      <div className={classes.workspace} title={session.workspace.name}>
        <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={24} height={24} />
        <span>{session.workspace.name}</span>
      </div>
      <UnstyledButton className={classes.search} onClick={() => search.open()}>
        <IconSearch size={16} aria-hidden />
        <span className={classes.searchWord}>Search</span>
        <kbd className={classes.wideOnly}>{modKey} K</kbd>
      </UnstyledButton>
      <div className={classes.places}>
        <Link
          to="/inbox/{-$conversationId}"
          params={{ conversationId: undefined }}
          className={classes.place}
          activeProps={{ 'data-active': true }}
        >
          <IconInbox size={18} stroke={1.75} aria-hidden />
          <span>Inbox</span>
          {waiting.total > 0 && (
            <span className={classes.badge}>
              {waiting.total}
              <span className="sr-only"> waiting</span>
            </span>
          )}
        </Link>
        <div className={classes.views}>
          <ViewNav />
        </div>
        {places.map(({ to, label, icon: Icon }) => (
          <Link key={to} to={to} className={classes.place} activeProps={{ 'data-active': true }}>
            <Icon size={18} stroke={1.75} aria-hidden />
            <span>{label}</span>
          </Link>
        ))}
      </div>
      <div className={classes.foot}>
        <PresenceToggle />
        <div className={classes.tools}>
          <span className={classes.wideTools}>
            <SchemeMenu />
          </span>
          <Tooltip label="Keys (?)">
            <ActionIcon aria-label="Show the keys" onClick={onHelp} className={classes.wideOnly}>
              <IconKeyboard size={18} stroke={1.75} />
            </ActionIcon>
          </Tooltip>
          <Account name={session.agent.name} email={session.agent.email} />
        </div>
      </div>
    </nav>
  );
}

const schemes = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'As the system', icon: IconDeviceDesktop },
] as const;

function SchemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Current = schemes.find((scheme) => scheme.value === colorScheme)?.icon ?? IconSun;
  return (
    <Menu position="top-start">
      <Menu.Target>
        <ActionIcon aria-label="Colours">
          <Current size={18} stroke={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} />}
            aria-current={value === colorScheme}
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Account({ name, email }: { name: string; email: string }) {
  const { setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const leaving = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      queryClient.clear();
      void navigate({ to: '/sign-in' });
    },
  });
  return (
    <Menu position="top-end" width={220}>
      <Menu.Target>
        <ActionIcon aria-label={`Account: ${name}`}>
          <span className={classes.initials} aria-hidden>
            {initials(name)}
          </span>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className={classes.account}>
          {name}
          <br />
          {email}
        </Menu.Label>
        {schemes.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            className={classes.narrowTools}
            leftSection={<Icon size={16} />}
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leaving.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return [words.at(0), words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}
