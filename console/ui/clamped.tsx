import { UnstyledButton } from '@mantine/core';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import classes from './clamped.module.css';

/** At most six lines, and the rest on demand. */
export function Clamped({ children }: { children: ReactNode }) {
  const text = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [long, setLong] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again when the text changes
  useLayoutEffect(() => {
    const element = text.current;
    if (element && !open) setLong(element.scrollHeight > element.clientHeight + 1);
  }, [children, open]);
  return (
    <>
      <div ref={text} className={open ? undefined : classes.clamped}>
        {children}
      </div>
      {long && (
        <UnstyledButton className={classes.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Show less' : 'Show all'}
        </UnstyledButton>
      )}
    </>
  );
}
