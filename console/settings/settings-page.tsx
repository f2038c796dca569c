import { Link, useParams } from '@tanstack/react-router';
import { Page } from '../ui/page.tsx';
import classes from '../ui/tabs.module.css';
import { useIsAdmin } from '../ui/use-role.ts';
import { ApiKeys } from './api-keys.tsx';
import { InboxSettings } from './inbox-settings.tsx';
import { Team } from './team.tsx';

const sections = [
  { id: 'team', label: 'Team', adminOnly: false, content: Team },
  { id: 'inbox', label: 'Inbox', adminOnly: true, content: InboxSettings },
  { id: 'api-keys', label: 'API keys', adminOnly: true, content: ApiKeys },
] as const;

/** Agents see the team; what only admins can change is not shown to them. */
export function SettingsPage() {
  const { section = 'team' } = useParams({ from: '/app/settings/{-$section}' });
  const admin = useIsAdmin();
  const shown = sections.filter(({ adminOnly }) => admin || !adminOnly);
  const current = shown.find(({ id }) => id === section) ?? shown[0];
  if (!current) return null;
  const Content = current.content;
  return (
    <Page title="Settings">
      <div>
        {shown.length > 1 && (
          <nav className={classes.tabs} aria-label="Settings">
            {shown.map(({ id, label }) => (
              <Link
                key={id}
                to="/settings/{-$section}"
                params={{ section: id }}
                className={classes.tab}
                data-label={label}
                data-active={id === current.id || undefined}
                aria-current={id === current.id ? 'page' : undefined}
              >
                {label}
              </Link>
            ))}
          </nav>
        )}
        <Content />
      </div>
    </Page>
  );
}
