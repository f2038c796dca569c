import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { AgentConversation } from '../../protocol/conversation.ts';
import { type View, waitingSince } from '../live/conversation-list.ts';
import { isUnread } from '../live/use-view.ts';
import { customerName } from '../ui/customer-name.ts';
import { plainText } from '../ui/plain-text.ts';
import { StateLabel } from '../ui/state-label.tsx';
import { duration, untilTime } from '../ui/time.ts';
import { TimeLabel } from '../ui/time-label.tsx';
import { useNow } from '../ui/use-now.ts';
import classes from './conversation-list.module.css';

type Props = { conversation: AgentConversation; selfId: string; open: boolean };

/** 56 px: who and when, what was said last and how it stands. */
export const ConversationRow = memo(function ConversationRow({ conversation, selfId, open }: Props) {
  const unread = isUnread(conversation);
  return (
    <Link
      to="/inbox/{-$conversationId}"
      params={{ conversationId: conversation.id }}
      search={({ view }: { view?: View | undefined }) => ({ view })}
      preload={false}
      className={classes.row}
      data-conversation={conversation.id}
      data-open={open || undefined}
      data-unread={unread || undefined}
      aria-current={open ? 'true' : undefined}
    >
      <span className={classes.line}>
        {unread && (
          <span className={classes.dot}>
            <span className="sr-only">{conversation.unread} unread</span>
          </span>
        )}
        <span className={classes.name} dir="auto">
          {customerName(conversation)}
        </span>
        <TimeLabel at={conversation.updatedAt} className={classes.time} />
      </span>
      <span className={classes.line}>
        <span className={classes.preview} dir="auto">
          {previewText(conversation)}
        </span>
        <State conversation={conversation} selfId={selfId} />
      </span>
    </Link>
  );
});

function State({ conversation, selfId }: { conversation: AgentConversation; selfId: string }) {
  const now = useNow();
  return <StateLabel conversation={conversation} selfId={selfId} detail={stateDetail(conversation, now)} />;
}

function stateDetail(conversation: AgentConversation, now: Date): string | undefined {
  if (conversation.state === 'waiting') {
    const waited = duration(now.getTime() - Date.parse(waitingSince(conversation)));
    return conversation.queue ? `#${conversation.queue.position} · ${waited}` : waited;
  }
  return conversation.state === 'snoozed' && conversation.snoozedUntil
    ? untilTime(conversation.snoozedUntil, now)
    : undefined;
}

const speakers = { customer: '', assistant: 'Assistant: ', agent: 'Agent: ', system: '' };

function previewText({ preview, subject }: AgentConversation): string {
  if (!preview) return subject ?? 'No message yet';
  return speakers[preview.author] + plainText(preview.text);
}
