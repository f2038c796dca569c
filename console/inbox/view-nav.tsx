import { Link, useMatch } from '@tanstack/react-router';
import { type View, views } from '../live/conversation-list.ts';
import { type Count, useCount } from '../live/use-view.ts';
import { number } from '../ui/time.ts';
import classes from './view-nav.module.css';

/** The views of the inbox with their counts; in the rail where it is wide. */
export function ViewNav() {
  const match = useMatch({ from: '/app/inbox/{-$conversationId}', shouldThrow: false });
  const current = match ? (match.search.view ?? 'queue') : undefined;
  return (
    <ul className={classes.list} aria-label="Views of the inbox">
      {views.map(({ id, label }) => (
        <li key={id}>
          <Link
            to="/inbox/{-$conversationId}"
            params={(previous) => previous}
            search={{ view: id === 'queue' ? undefined : id }}
            className={classes.view}
            data-active={current === id || undefined}
            aria-current={current === id ? 'page' : undefined}
          >
            <span>{label}</span>
            <ViewCount view={id} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

export function ViewCount({ view }: { view: View }) {
  const count = useCount(view);
  if (count.total === 0) return null;
  return (
    <span className={classes.count} data-unread={count.unread > 0 || undefined}>
      {countText(count)}
      {count.unread > 0 && <span className="sr-only">, {number(count.unread)} unread</span>}
    </span>
  );
}

export const countText = ({ total, more }: Count): string => `${number(total)}${more ? '+' : ''}`;
