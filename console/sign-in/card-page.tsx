import { type ReactNode, useEffect } from 'react';
import classes from './card-page.module.css';

/** A page with one card: signing in, accepting an invitation. */
export function CardPage({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Parley`;
  }, [title]);
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={32} height={32} />
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
