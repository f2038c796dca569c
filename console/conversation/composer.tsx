import { Button, Menu, SegmentedControl, Textarea, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { AgentConversation } from '../../protocol/conversation.ts';
import type { Draft } from '../live/drafts.ts';
import { useLive } from '../live/live-context.tsx';
import { customerName } from '../ui/customer-name.ts';
import { messageBodyMax } from '../ui/limits.ts';
import { number } from '../ui/time.ts';
import { modKey } from '../ui/use-keys.ts';
import classes from './composer.module.css';
import { useTypingNotice } from './use-typing-notice.ts';

export type ComposerHandle = {
  write(tab: Draft['tab']): void;
  /** Puts a text that was not sent in front of what stands there. */
  restore(body: string): void;
};

const sendKeySetting = 'parley:send-key';
const lineHeightPx = 21;

/** Where replies and notes are written. Each keeps its own draft, per conversation, over reloads. */
export function Composer({ conversation, ref }: { conversation: AgentConversation; ref: Ref<ComposerHandle> }) {
  const live = useLive();
  const [draft, setDraft] = useState(() => live.drafts.load(conversation.id));
  const [sendKey, setSendKey] = useState<'Enter' | 'mod+Enter'>(() =>
    localStorage.getItem(sendKeySetting) === 'mod+Enter' ? 'mod+Enter' : 'Enter',
  );
  const field = useRef<HTMLTextAreaElement>(null);
  const typing = useTypingNotice(conversation.id);
  const maxRows = useThirdOfTheWindow();
  const note = draft.tab === 'note';
  const text = draft[draft.tab];
  const tooLong = text.length > messageBodyMax;

  const change = (next: Draft) => {
    setDraft(next);
    live.drafts.save(conversation.id, next);
  };
  useImperativeHandle(ref, () => ({
    write: (tab) => {
      change({ ...draft, tab });
      field.current?.focus();
    },
    restore: (body) => {
      change({ ...draft, [draft.tab]: text === '' ? body : `${body}\n\n${text}` });
      field.current?.focus();
    },
  }));

  const send = () => {
    if (text.trim() === '' || tooLong) return;
    live.send(conversation.id, text, note ? 'note' : 'public');
    change({ ...draft, [draft.tab]: '' });
    typing.stop();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      field.current?.blur();
      return;
    }
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.shiftKey || event.altKey) return;
    if (event.ctrlKey || event.metaKey || sendKey === 'Enter') {
      event.preventDefault();
      send();
    }
  };
  const chooseSendKey = (key: 'Enter' | 'mod+Enter') => {
    setSendKey(key);
    localStorage.setItem(sendKeySetting, key);
  };

  return (
    <div className={classes.composer} data-note={note || undefined}>
      <div className={classes.top}>
        <SegmentedControl
          size="xs"
          value={draft.tab}
          onChange={(tab) => change({ ...draft, tab: tab === 'note' ? 'note' : 'reply' })}
          data={[
            { value: 'reply', label: 'Reply' },
            { value: 'note', label: 'Note' },
          ]}
          aria-label="What to write"
        />
        <span className={classes.hint}>{hintFor(conversation, live.self.id, note)}</span>
      </div>
      <Textarea
        ref={field}
        autosize
        minRows={2}
        maxRows={maxRows}
        value={text}
        onChange={(event) => {
          change({ ...draft, [draft.tab]: event.currentTarget.value });
          if (!note) typing.touch();
        }}
        onBlur={typing.stop}
        onKeyDown={onKeyDown}
        dir="auto"
        aria-label={note ? 'Note for your team' : `Reply to ${customerName(conversation)}`}
        placeholder={note ? 'Write a note that only your team sees' : 'Write a reply'}
        error={
          tooLong ? `${number(text.length)} of ${number(messageBodyMax)} characters. Shorten it to send it.` : null
        }
        classNames={{ input: classes.input, wrapper: classes.inputWrapper }}
      />
      <div className={classes.bottom}>
        <Menu position="top-start">
          <Menu.Target>
            <UnstyledButton className={classes.sendKey}>
              {sendKey === 'Enter' ? 'Enter sends, Shift Enter breaks the line' : `${modKey} Enter sends`}
              <IconChevronDown size={12} aria-hidden />
            </UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => chooseSendKey('Enter')}>Enter sends</Menu.Item>
            <Menu.Item onClick={() => chooseSendKey('mod+Enter')}>{modKey} Enter sends</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Button size="xs" onClick={send} disabled={text.trim() === '' || tooLong}>
          {note ? 'Add note' : 'Send reply'}
        </Button>
      </div>
    </div>
  );
}

/** What sending will do beyond sending. */
function hintFor({ state, assignee }: AgentConversation, selfId: string, note: boolean): string {
  if (note) return 'The customer never sees notes.';
  if (state === 'assistant') return 'Your reply takes over from the assistant.';
  if (state === 'waiting' || state === 'snoozed') return 'Your reply makes the conversation yours.';
  if (state === 'resolved') return 'Your reply opens the conversation again.';
  return assignee && assignee.id !== selfId ? `${assignee.name} holds this conversation.` : '';
}

function useThirdOfTheWindow(): number {
  const rows = () => Math.max(3, Math.floor(window.innerHeight / 3 / lineHeightPx) - 1);
  const [value, setValue] = useState(rows);
  useEffect(() => {
    const onResize = () => setValue(rows());
    window.addEventListener('resize', onResize);
    return () => window.removeEventListener('resize', onResize);
  });
  return value;
}
