import { Fragment } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Thread } from '../store/thread.ts';
import { awaitsAnswer } from '../store/thread.ts';
import { Icon } from './icon.tsx';
import { MessageRow } from './message-row.tsx';
import { usePanel } from './panel.ts';
import { RatingCard } from './rating-card.tsx';
import { timelineOf } from './timeline.ts';
import { useFollow } from './use-follow.ts';
import { WaitingCard } from './waiting-card.tsx';

export function Conversation({ target }: { target: string }) {
  const { chat, state, words, day } = usePanel();
  const thread = state.threads.get(target);
  const rows = timelineOf(state, target, new Date().toISOString());
  const newest = rows.findLast((row) => !row.item);
  const own = rows.findLast((row) => row.author.kind === 'customer')?.key;
  const { scroller, content, atEnd, toEnd, news } = useFollow({ target, newest: newest?.key, own });
  const readSeq = thread?.messages.at(-1)?.seq ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was read goes by its number
  useEffect(() => {
    if (thread && state.visible && atEnd) chat.read(target, readSeq);
  }, [target, readSeq, state.visible, atEnd]);

  const lastAssistant = rows.findLast((row) => row.message?.author.kind === 'assistant')?.key;
  const loading = thread !== undefined && thread.messages.length === 0 && thread.conversation.lastSeq > 0;
  return (
    <div class="conversation">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div class="scroller" ref={scroller} tabIndex={0}>
        <div ref={content}>
          {loading && rows.length === 0 && <Skeleton />}
          {!loading && rows.length === 0 && <p class="empty">{words.emptyConversation}</p>}
          <ol class="messages">
            {rows.map((row) => (
              <Fragment key={row.key}>
                {row.newDay && <li class="day">{day(row.at)}</li>}
                <MessageRow row={row} target={target} latest={row.key === lastAssistant} />
              </Fragment>
            ))}
          </ol>
          <Working target={target} thread={thread} />
          {thread?.conversation.state === 'waiting' && <WaitingCard conversation={thread.conversation} />}
          {thread?.conversation.state === 'resolved' && <RatingCard conversation={thread.conversation} />}
        </div>
      </div>
      {news && (
        <button type="button" class="pill" onClick={toEnd}>
          <Icon name="down" size={16} />
          {words.newMessage}
        </button>
      )}
    </div>
  );
}

/** Somebody is at work on an answer. */
function Working({ target, thread }: { target: string; thread: Thread | undefined }) {
  const { state, words } = usePanel();
  const typing = state.typing.get(target);
  const assistant = thread !== undefined && awaitsAnswer(thread) && !thread.stream?.text && state.connected;
  if (!typing && !assistant) return null;
  const who = typing ? words.typing(typing.name ?? words.someone) : words.assistantWorking;
  return (
    <div class="working">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span class={typing ? '' : 'sr'}>{who}</span>
    </div>
  );
}

/** The shape of a conversation; its style keeps it unseen for the first moment. */
function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      <i class="mine" />
      <i />
      <i class="short" />
      <i class="mine short" />
    </div>
  );
}
