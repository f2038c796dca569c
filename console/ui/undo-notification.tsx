import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import classes from './undo-notification.module.css';

/** Says what was done, with the button that takes it back. */
export function showUndo(message: ReactNode, onUndo: () => void): void {
  const id = notifications.show({
    message: (
      <span className={classes.undo}>
        {message}
        <Button
          variant="light"
          size="compact-sm"
          onClick={() => {
            notifications.hide(id);
            onUndo();
          }}
        >
          Undo
        </Button>
      </span>
    ),
  });
}
