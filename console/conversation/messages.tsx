import { Button } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { AgentConversation } from '../../protocol/conversation.ts';
import type { Citation } from '../../protocol/message.ts';
import { useLive } from '../live/live-context.tsx';
import { lastSeq, type Thread } from '../live/thread.ts';
import { buildTimeline } from '../live/timeline.ts';
import { customerName } from '../ui/customer-name.ts';
import { plainText } from '../ui/plain-text.ts';
import { dayName, exactTime } from '../ui/time.ts';
import { useNow } from '../ui/use-now.ts';
import { MessageGroup } from './message-group.tsx';
import classes from './messages.module.css';
import { Typists } from './typists.tsx';
import { useFollowEnd } from './use-follow-end.ts';

export type MessageActions = {
  onCitation: (citation: Citation) => void;
  onTurn: (turnId: string) => void;
  /** The text of a message that could not be sent goes back to be written. */
  onTakeBack: (body: string) => void;
};

type Props = MessageActions & { conversation: AgentConversation; thread: Thread };

export function Messages({ conversation, thread, ...actions }: Props) {
  const live = useLive();
  const now = useNow();
  const items = useMemo(() => buildTimeline(thread, { kind: 'agent', ...live.self }), [thread, live]);
  const { scroller, content, below, toEnd } = useFollowEnd(lastSeq(thread), thread.outbox.length);
  return (
    <div className={classes.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section ref={scroller} className={classes.scroller} tabIndex={0} aria-label="Messages">
        <div ref={content} className={classes.content}>
          {items.map((item) => {
            if (item.kind === 'day') {
              return (
                <div key={item.key} className={classes.day}>
                  <time dateTime={item.at}>{dayName(item.at, now)}</time>
                </div>
              );
            }
            if (item.kind === 'system') {
              return (
                <p key={item.key} className={classes.system} title={exactTime(item.message.createdAt)} dir="auto">
                  {plainText(item.message.body)}
                </p>
              );
            }
            return <MessageGroup key={item.key} group={item} conversation={conversation} {...actions} />;
          })}
          <Typists conversation={conversation} />
        </div>
      </section>
      {below && (
        <Button
          className={classes.pill}
          size="xs"
          radius="xl"
          rightSection={<IconArrowDown size={14} />}
          onClick={toEnd}
        >
          New message
        </Button>
      )}
      <Announcer thread={thread} name={customerName(conversation)} />
    </div>
  );
}

/** Says to screen readers what has come, once it is whole. */
function Announcer({ thread, name }: { thread: Thread; name: string }) {
  const last = thread.messages.findLast((message) => message.status === 'complete' && message.author.kind !== 'agent');
  const who = last?.author.kind === 'customer' ? name : (last?.author.name ?? 'Assistant');
  return (
    <div className="sr-only" aria-live="polite">
      {last && `${who}: ${plainText(last.body).slice(0, 200)}`}
    </div>
  );
}
