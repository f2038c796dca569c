import { type ReactNode, useEffect } from 'react';
import classes from './page.module.css';

type Props = { title: string; actions?: ReactNode; children: ReactNode; wide?: boolean };

/** A page of its own beside the rail: its title, what one can do, and the content that scrolls. */
export function Page({ title, actions, children, wide = false }: Props) {
  useEffect(() => {
    document.title = `${title} · Parley`;
  }, [title]);
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <h1>{title}</h1>
        <div className={classes.actions}>{actions}</div>
      </header>
      <div className={classes.body} data-wide={wide || undefined}>
        {children}
      </div>
    </div>
  );
}
