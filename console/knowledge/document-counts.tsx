import { IconAlertCircle, IconCircleCheck, IconClock, IconRotateClockwise2 } from '@tabler/icons-react';
import type { IndexHealth } from '../../protocol/spaces.ts';
import tiles from '../ui/figures.module.css';
import notices from '../ui/notice.module.css';
import { duration, number } from '../ui/time.ts';
import { useNow } from '../ui/use-now.ts';
import classes from './index-page.module.css';

/** Whatever takes longer to begin is stuck: a document takes seconds, a batch of them a minute. */
const stuckMs = 10 * 60_000;

const counts = [
  { key: 'done', word: 'Indexed', icon: IconCircleCheck },
  { key: 'running', word: 'Being indexed', icon: IconRotateClockwise2 },
  { key: 'pending', word: 'Waiting', icon: IconClock },
  { key: 'failed', word: 'Not indexed', icon: IconAlertCircle },
] as const;

/** How many documents stand where, and whether they get on. */
export function DocumentCounts({ documents }: { documents: IndexHealth['documents'] }) {
  const now = useNow();
  const { oldestDueAt, donePerMinute, pending, running } = documents;
  const isStuck = oldestDueAt !== null && now.getTime() - Date.parse(oldestDueAt) > stuckMs;
  return (
    <section>
      <h2>Documents</h2>
      <dl className={`${tiles.figures} ${classes.counts}`}>
        {counts.map(({ key, word, icon: Icon }) => (
          <div key={key} data-state={key} data-some={documents[key] > 0 || undefined}>
            <dt>
              <Icon size={14} stroke={1.75} aria-hidden /> {word}
            </dt>
            <dd className={tiles.value}>{number(documents[key])}</dd>
          </div>
        ))}
      </dl>
      {pending + running > 0 && (
        <p className={tiles.under}>
          {number(donePerMinute)} finished in the last minute.
          {oldestDueAt &&
            ` The one that waits longest has waited for ${duration(now.getTime() - Date.parse(oldestDueAt))}.`}
        </p>
      )}
      {isStuck && (
        <div className={classes.notice}>
          <p className={notices.warning} role="status">
            <IconAlertCircle size={16} stroke={1.75} aria-hidden />
            <span>
              Indexing does not get on. See whether the workers run, and what their log says; nothing is lost meanwhile.
            </span>
          </p>
        </div>
      )}
    </section>
  );
}
