import { Button, Textarea } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import classes from './quality.module.css';

type Props = {
  label: string;
  button: string;
  pending: boolean;
  onAsk: (text: string) => void;
  initial?: string | undefined;
};

export function AskForm({ label, button, pending, onAsk, initial = '' }: Props) {
  const [text, setText] = useState(initial);
  const ask = () => text.trim() !== '' && !pending && onAsk(text);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    ask();
  };
  return (
    <form
      className={classes.ask}
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <Textarea
        className={classes.question}
        label={label}
        autosize
        minRows={1}
        maxRows={8}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        dir="auto"
        autoFocus
      />
      <Button type="submit" loading={pending} disabled={text.trim() === ''}>
        {button}
      </Button>
    </form>
  );
}
