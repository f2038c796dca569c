import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import classes from './action-notification.module.css';

/** Says something, with a button for what one may want next. */
export function showAction(message: ReactNode, label: string, onClick: () => void): void {
  const id = notifications.show({
    message: (
      <span className={classes.action}>
        {message}
        <Button
          variant="light"
          size="compact-sm"
          onClick={() => {
            notifications.hide(id);
            onClick();
          }}
        >
          {label}
        </Button>
      </span>
    ),
  });
}

/** Says what was done, with the button that takes it back. */
export const showUndo = (message: ReactNode, onUndo: () => void) => showAction(message, 'Undo', onUndo);
