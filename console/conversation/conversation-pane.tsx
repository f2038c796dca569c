import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { Citation } from '../../protocol/message.ts';
import { useLive, useLiveState } from '../live/live-context.tsx';
import { emptyThread, lastSeq } from '../live/thread.ts';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Composer, type ComposerHandle } from './composer.tsx';
import { ConversationHeader, type HeaderHandle } from './conversation-header.tsx';
import classes from './conversation-pane.module.css';
import { Messages } from './messages.tsx';
import { SourceDrawer } from './source-drawer.tsx';
import { TurnDrawer } from './turn-drawer.tsx';

export type PaneHandle = {
  write(tab: 'reply' | 'note'): void;
  openMenu(menu: 'assign' | 'snooze'): void;
};

type Props = { conversationId: string; onBack: () => void; onToggleDetails: () => void; ref: Ref<PaneHandle> };

/** One conversation: who, what was said, and where to answer. */
export function ConversationPane({ conversationId, onBack, onToggleDetails, ref }: Props) {
  const live = useLive();
  const conversation = useLiveState((state) => state.conversations.get(conversationId));
  const thread = useLiveState((state) => state.threads.get(conversationId) ?? emptyThread);
  const opened = useLiveState((state) => state.opened.get(conversationId));
  const composer = useRef<ComposerHandle>(null);
  const header = useRef<HeaderHandle>(null);
  const [source, setSource] = useState<Citation>();
  const [turnId, setTurnId] = useState<string>();

  useEffect(() => {
    live.open(conversationId);
    return () => live.close(conversationId);
  }, [live, conversationId]);
  useMarkRead(conversationId, opened === 'ready' ? lastSeq(thread) : 0, conversation?.unread ?? 0);
  useImperativeHandle(ref, () => ({
    write: (tab) => composer.current?.write(tab),
    openMenu: (menu) => header.current?.openMenu(menu),
  }));

  if (typeof opened === 'object') {
    return (
      <section className={classes.pane} aria-label="Conversation">
        {opened.missing ? (
          <ErrorState error="There is no such conversation here. The link may be old." />
        ) : (
          <ErrorState error={opened.error} onRetry={() => live.retryOpen(conversationId)} />
        )}
      </section>
    );
  }
  if (!conversation || (opened !== 'ready' && thread.messages.length === 0)) {
    return (
      <section className={classes.pane} aria-label="Conversation">
        {conversation && (
          <ConversationHeader
            conversation={conversation}
            onBack={onBack}
            onToggleDetails={onToggleDetails}
            ref={header}
          />
        )}
        <div className={classes.loading}>
          <SkeletonRows rows={5} height={72} label="Loading the conversation" />
        </div>
      </section>
    );
  }
  return (
    <section className={classes.pane} aria-label="Conversation">
      <ConversationHeader conversation={conversation} onBack={onBack} onToggleDetails={onToggleDetails} ref={header} />
      <Messages
        conversation={conversation}
        thread={thread}
        onCitation={setSource}
        onTurn={setTurnId}
        onTakeBack={(body) => composer.current?.restore(body)}
      />
      <Composer conversation={conversation} ref={composer} />
      <SourceDrawer citation={source} onClose={() => setSource(undefined)} />
      <TurnDrawer conversationId={conversationId} turnId={turnId} onClose={() => setTurnId(undefined)} />
    </section>
  );
}

/** Read is what was on screen while somebody could see it. */
function useMarkRead(conversationId: string, seq: number, unread: number) {
  const live = useLive();
  useEffect(() => {
    if (seq === 0 || unread === 0) return;
    const mark = () => {
      if (document.visibilityState === 'visible') live.markRead(conversationId, seq);
    };
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [live, conversationId, seq, unread]);
}
