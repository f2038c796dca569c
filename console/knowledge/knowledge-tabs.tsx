import { Link } from '@tanstack/react-router';
import classes from '../ui/tabs.module.css';

const tabs = [
  { id: 'documents', to: '/knowledge', label: 'Documents' },
  { id: 'index', to: '/knowledge/index', label: 'Index' },
] as const;

type Props = { current: (typeof tabs)[number]['id'] };

/** What there is to answer from, and what search has made of it. */
export function KnowledgeTabs({ current }: Props) {
  return (
    <nav className={classes.tabs} aria-label="Knowledge" data-wide>
      {tabs.map(({ id, to, label }) => (
        <Link
          key={id}
          to={to}
          className={classes.tab}
          data-label={label}
          data-active={id === current || undefined}
          aria-current={id === current ? 'page' : undefined}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
