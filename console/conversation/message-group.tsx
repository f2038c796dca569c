import { Button } from '@mantine/core';
import { IconAlertCircle, IconNote, IconSparkles } from '@tabler/icons-react';
import type { AgentConversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import { useLive } from '../live/live-context.tsx';
import type { OutgoingMessage } from '../live/thread.ts';
import type { TimelineEntry, TimelineItem } from '../live/timeline.ts';
import { confidenceMeaning, confidenceWords } from '../ui/confidence-words.ts';
import { customerName } from '../ui/customer-name.ts';
import { Prose } from '../ui/prose.tsx';
import { clockTime, exactTime } from '../ui/time.ts';
import classes from './messages.module.css';
import type { MessageActions } from './messages.tsx';

type Group = Extract<TimelineItem, { kind: 'group' }>;
type Props = MessageActions & { group: Group; conversation: AgentConversation };

/** What one author said in one go. The customer stands left, our side right; a note says that it is one. */
export function MessageGroup({ group, conversation, ...actions }: Props) {
  const { author, note, entries } = group;
  const first = entries[0];
  const at = first?.message.createdAt;
  return (
    <div className={classes.group} data-author={author.kind} data-note={note || undefined}>
      <div className={classes.author}>
        {note && (
          <span className={classes.noteWord}>
            <IconNote size={14} aria-hidden /> Note
          </span>
        )}
        {author.kind === 'assistant' && <IconSparkles size={14} aria-hidden />}
        <span className={classes.authorName} dir="auto">
          {authorName(author, conversation)}
        </span>
        {at && (
          <time dateTime={at} title={exactTime(at)}>
            {clockTime(at)}
          </time>
        )}
      </div>
      {entries.map((entry) => (
        <Entry key={entry.key} entry={entry} conversationId={conversation.id} {...actions} />
      ))}
    </div>
  );
}

function authorName(author: Message['author'], conversation: AgentConversation): string {
  if (author.kind === 'customer') return author.name ?? customerName(conversation);
  return author.name ?? { assistant: 'Assistant', agent: 'Agent', system: 'Parley' }[author.kind];
}

type EntryProps = MessageActions & { entry: TimelineEntry; conversationId: string };

function Entry({ entry, conversationId, ...actions }: EntryProps) {
  return entry.kind === 'message' ? (
    <StoredMessage message={entry.message} text={entry.text} {...actions} />
  ) : (
    <Outgoing message={entry.message} conversationId={conversationId} onTakeBack={actions.onTakeBack} />
  );
}

type StoredProps = Omit<MessageActions, 'onTakeBack'> & { message: Message; text: string };

function StoredMessage({ message, text, onCitation, onTurn }: StoredProps) {
  const { turnId } = message;
  return (
    <>
      <div className={classes.bubble} title={exactTime(message.createdAt)} aria-busy={message.status === 'streaming'}>
        {text ? <Prose markdown={text} citations={message.citations} onCitation={onCitation} /> : null}
        {message.status === 'streaming' && (
          <span className={classes.writing}>{text ? 'Writing…' : 'Looking it up…'}</span>
        )}
        {message.status === 'failed' && (
          <p className={classes.failedLine}>
            <IconAlertCircle size={14} aria-hidden /> This was not completed.
          </p>
        )}
      </div>
      {message.author.kind === 'assistant' && message.status !== 'streaming' && turnId && (
        <div className={classes.turn}>
          {message.confidence !== undefined && (
            <span title={confidenceMeaning}>{confidenceWords(message.confidence)}</span>
          )}
          <button type="button" onClick={() => onTurn(turnId)}>
            How it came about
          </button>
        </div>
      )}
    </>
  );
}

type OutgoingProps = { message: OutgoingMessage; conversationId: string; onTakeBack: (body: string) => void };

function Outgoing({ message, conversationId, onTakeBack }: OutgoingProps) {
  const live = useLive();
  const failed = message.state === 'failed';
  const edit = () => {
    live.takeBack(conversationId, message.clientMessageId);
    onTakeBack(message.body);
  };
  return (
    <>
      <div className={classes.bubble} data-outgoing={message.state}>
        <Prose markdown={message.body} />
      </div>
      <div className={classes.turn} role={failed ? 'alert' : undefined}>
        {failed ? (
          <>
            <span className={classes.failedLine}>
              <IconAlertCircle size={14} aria-hidden /> Not sent. {message.error}
            </span>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => live.resend(conversationId, message.clientMessageId)}
            >
              Send again
            </Button>
            <Button size="compact-xs" variant="subtle" onClick={edit}>
              Edit
            </Button>
          </>
        ) : (
          <span>Sending…</span>
        )}
      </div>
    </>
  );
}
