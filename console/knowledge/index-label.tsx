import { IconAlertCircle, IconCircleCheck, IconClock, IconRotateClockwise2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Document } from '../../protocol/knowledge.ts';
import classes from './knowledge.module.css';

const looks = {
  pending: { icon: IconClock, word: 'Waiting to be indexed' },
  running: { icon: IconRotateClockwise2, word: 'Being indexed' },
  done: { icon: IconCircleCheck, word: 'Indexed' },
  failed: { icon: IconAlertCircle, word: 'Not indexed' },
};

/** Whether the assistant can find a document, and why not; a failure leads to all of them. */
export function IndexLabel({ index }: { index: Document['index'] }) {
  const { icon: Icon, word } = looks[index.state];
  if (index.state === 'failed') {
    return (
      <Link to="/knowledge/index" className={classes.index} data-state="failed" title={index.error}>
        <Icon size={14} stroke={1.75} aria-hidden />
        {word}
      </Link>
    );
  }
  return (
    <span className={classes.index} data-state={index.state} title={index.error}>
      <Icon size={14} stroke={1.75} aria-hidden />
      {word}
    </span>
  );
}
