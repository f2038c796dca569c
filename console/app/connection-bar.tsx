import { IconPlugConnectedX } from '@tabler/icons-react';
import { useLiveState } from '../live/live-context.tsx';
import { useSlow } from '../ui/states.tsx';
import classes from './shell.module.css';

/** Says so while nothing new can arrive. Short cuts, which mend themselves, are not worth a word. */
export function ConnectionBar() {
  const offline = useLiveState((state) => state.connection === 'offline');
  const shown = useSlow(offline);
  return (
    <div role="status">
      {shown && (
        <p className={classes.connection}>
          <IconPlugConnectedX size={16} aria-hidden />
          No connection. What you write is kept and sent when it is back.
        </p>
      )}
    </div>
  );
}
