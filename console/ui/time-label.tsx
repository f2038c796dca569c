import { exactTime, shortTime, timeAgo } from './time.ts';
import { useNow } from './use-now.ts';

/** A relative time with the exact one on hover. `style`: `short` in lists, `ago` in sentences. */
export function TimeLabel({
  at,
  style = 'short',
  className,
}: {
  at: string;
  style?: 'short' | 'ago';
  className?: string | undefined;
}) {
  const now = useNow();
  return (
    <time dateTime={at} title={exactTime(at)} className={className}>
      {style === 'short' ? shortTime(at, now) : timeAgo(at, now)}
    </time>
  );
}
