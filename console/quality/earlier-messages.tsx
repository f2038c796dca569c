import { ActionIcon, Button, Textarea } from '@mantine/core';
import { IconMessagePlus, IconX } from '@tabler/icons-react';
import classes from './quality.module.css';

/** As far back as search looks. */
const messagesMax = 3;

type Props = { messages: string[]; onChange: (messages: string[]) => void };

/** What the customer said before the question, oldest first. Its words count for the search, each message less than the one after it. */
export function EarlierMessages({ messages, onChange }: Props) {
  return (
    <>
      {messages.map((body, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a message is its place in the conversation
        <div key={index} className={classes.earlier}>
          <Textarea
            className={classes.question}
            label={messages.length === 1 ? 'Earlier message' : `Earlier message ${index + 1}`}
            autosize
            minRows={1}
            maxRows={4}
            dir="auto"
            autoFocus={body === ''}
            value={body}
            onChange={(event) => onChange(messages.with(index, event.currentTarget.value))}
          />
          <ActionIcon
            size={36}
            aria-label={`Remove earlier message ${index + 1}`}
            onClick={() => onChange(messages.toSpliced(index, 1))}
          >
            <IconX size={16} />
          </ActionIcon>
        </div>
      ))}
      {messages.length < messagesMax && (
        <Button
          className={classes.start}
          size="compact-xs"
          variant="subtle"
          leftSection={<IconMessagePlus size={14} />}
          onClick={() => onChange([...messages, ''])}
        >
          {messages.length === 0 ? 'Add what the customer said before' : 'Add another'}
        </Button>
      )}
    </>
  );
}
