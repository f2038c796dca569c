import { Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { errorText } from '../api/http.ts';
import classes from './states.module.css';

/** True once it has been waited for 300 ms: quick answers show no skeleton at all. */
export function useSlow(waiting: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!waiting) return setSlow(false);
    const timer = setTimeout(() => setSlow(true), 300);
    return () => clearTimeout(timer);
  }, [waiting]);
  return waiting && slow;
}

/** Rows of the height that the real ones have. */
export function SkeletonRows({ rows, height, label }: { rows: number; height: number; label: string }) {
  const slow = useSlow(true);
  return (
    <div role="status" className={classes.skeletons}>
      <span className="sr-only">{label}</span>
      {slow &&
        Array.from({ length: rows }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity
          <div key={row} className={classes.skeletonRow} style={{ height }}>
            <Skeleton height={10} width={`${70 - ((row * 13) % 35)}%`} />
            <Skeleton height={8} width={`${90 - ((row * 17) % 30)}%`} />
          </div>
        ))}
    </div>
  );
}

/** One sentence, and the one next thing to do. */
export function EmptyState({ children, action, icon }: { children: ReactNode; action?: ReactNode; icon?: ReactNode }) {
  return (
    <div className={classes.state}>
      {icon && (
        <span className={classes.icon} aria-hidden>
          {icon}
        </span>
      )}
      <p>{children}</p>
      {action}
    </div>
  );
}

/** What happened, what to do, and the retry. */
export function ErrorState({
  error,
  onRetry,
  title,
}: {
  error: unknown;
  onRetry?: (() => void) | undefined;
  title?: string;
}) {
  return (
    <div className={classes.state} role="alert">
      <span className={classes.dangerIcon} aria-hidden>
        <IconAlertTriangle size={20} />
      </span>
      {title && <p className={classes.title}>{title}</p>}
      <p>{typeof error === 'string' ? error : errorText(error)}</p>
      {onRetry && (
        <Button variant="default" size="xs" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
