import { Button, Group, Menu, Modal, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { AgentConversation } from '../../protocol/conversation.ts';
import { untilTime } from '../ui/time.ts';
import classes from './conversation-pane.module.css';
import { snoozePresets, toLocalInput } from './snooze-presets.ts';
import type { RunCommand } from './use-actions.tsx';

type Props = {
  conversation: AgentConversation;
  opened: boolean;
  onChange: (opened: boolean) => void;
  run: RunCommand;
  children: ReactNode;
};

export function SnoozeMenu({ conversation, opened, onChange, run, children }: Props) {
  const [choosing, setChoosing] = useState(false);
  const now = new Date();
  const snooze = (until: Date) => void run(conversation, { kind: 'snooze', until: until.toISOString() });
  return (
    <>
      <Menu opened={opened} onChange={onChange} position="bottom-end" width={240}>
        <Menu.Target>{children}</Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Snooze until</Menu.Label>
          {snoozePresets(now).map(({ label, until }) => (
            <Menu.Item key={label} onClick={() => snooze(until)}>
              {label}
              <div className={classes.menuNote}>{untilTime(until.toISOString(), now)}</div>
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => setChoosing(true)}>Another time…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={choosing}
        onClose={() => setChoosing(false)}
        title="Snooze until"
        size="sm"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <ChooseTime
          onChosen={(until) => {
            setChoosing(false);
            snooze(until);
          }}
        />
      </Modal>
    </>
  );
}

function ChooseTime({ onChosen }: { onChosen: (until: Date) => void }) {
  const [value, setValue] = useState(() => toLocalInput(new Date(Date.now() + 24 * 3_600_000)));
  const until = new Date(value);
  const good = until.getTime() > Date.now();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (good) onChosen(until);
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        type="datetime-local"
        label="Day and time"
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        error={good ? null : 'Choose a time that is still to come.'}
        data-autofocus
      />
      <Group justify="flex-end" mt="lg">
        <Button type="submit" disabled={!good}>
          Snooze
        </Button>
      </Group>
    </form>
  );
}
