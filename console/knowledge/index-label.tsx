import { IconAlertCircle, IconCircleCheck, IconClock, IconRotateClockwise2 } from '@tabler/icons-react';
import type { Document } from '../../protocol/knowledge.ts';
import classes from './knowledge.module.css';

const looks = {
  pending: { icon: IconClock, word: 'Waiting to be indexed' },
  running: { icon: IconRotateClockwise2, word: 'Being indexed' },
  done: { icon: IconCircleCheck, word: 'Indexed' },
  failed: { icon: IconAlertCircle, word: 'Not indexed' },
};

/** Whether the assistant can find a document, and why not. */
export function IndexLabel({ index }: { index: Document['index'] }) {
  const { icon: Icon, word } = looks[index.state];
  return (
    <span className={classes.index} data-state={index.state} title={index.error}>
      <Icon size={14} stroke={1.75} aria-hidden />
      {word}
    </span>
  );
}
