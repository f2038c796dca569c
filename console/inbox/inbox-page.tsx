import { Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconMessages } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { ConversationPane, type PaneHandle } from '../conversation/conversation-pane.tsx';
import { Details } from '../conversation/details.tsx';
import { useActions } from '../conversation/use-actions.tsx';
import { type View, views } from '../live/conversation-list.ts';
import { useLive, useLiveState } from '../live/live-context.tsx';
import { mayDo } from '../live/predict.ts';
import { useView } from '../live/use-view.ts';
import { EmptyState } from '../ui/states.tsx';
import { useKeys } from '../ui/use-keys.ts';
import { ConversationList, type ListHandle } from './conversation-list.tsx';
import classes from './inbox-page.module.css';

const from = '/app/inbox/{-$conversationId}';

export function InboxPage() {
  const { conversationId } = useParams({ from });
  const { view = 'queue' } = useSearch({ from });
  const navigate = useNavigate();
  const list = useRef<ListHandle>(null);
  const pane = useRef<PaneHandle>(null);
  const [detailsShown, setDetailsShown] = useState(true);
  const [drawerShown, setDrawerShown] = useState(false);
  const wide = useMediaQuery('(min-width: 1280px)', true, { getInitialValueInEffect: false });
  const { rows } = useView(view);
  const conversation = useLiveState((state) => (conversationId ? state.conversations.get(conversationId) : undefined));

  useEffect(() => {
    const label = views.find(({ id }) => id === view)?.label ?? 'Inbox';
    document.title = `${label} · Inbox · Parley`;
  }, [view]);

  const toggleDetails = () => (wide ? setDetailsShown(!detailsShown) : setDrawerShown(!drawerShown));
  const back = () => {
    void navigate({
      to: '/inbox/{-$conversationId}',
      params: { conversationId: undefined },
      search: { view: view === 'queue' ? undefined : view },
    });
    list.current?.focus(conversationId);
  };
  useConversationKeys({ conversationId, list, pane, back, toggleDetails });

  return (
    <div className={classes.columns} data-conversation-open={conversationId !== undefined || undefined}>
      <h1 className="sr-only">Inbox</h1>
      <section className={classes.list} aria-label="Conversations">
        <ConversationList ref={list} view={view} openId={conversationId} />
      </section>
      {conversationId ? (
        <ConversationPane
          key={conversationId}
          ref={pane}
          conversationId={conversationId}
          onBack={back}
          onToggleDetails={toggleDetails}
        />
      ) : (
        <section className={classes.nothing} aria-label="Conversation">
          {rows.length > 0 && (
            <EmptyState icon={<IconMessages size={20} stroke={1.75} />}>
              Choose a conversation, or press J for the first.
            </EmptyState>
          )}
        </section>
      )}
      {conversation && wide && detailsShown && (
        <aside className={classes.details} aria-label="Details">
          <Details conversation={conversation} />
        </aside>
      )}
      {!wide && (
        <Drawer
          opened={drawerShown && conversation !== undefined}
          onClose={() => setDrawerShown(false)}
          title="Details"
          size={340}
          styles={{ body: { padding: 0 } }}
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          {conversation && <Details conversation={conversation} />}
        </Drawer>
      )}
    </div>
  );
}

type Keys = {
  conversationId: string | undefined;
  list: React.RefObject<ListHandle | null>;
  pane: React.RefObject<PaneHandle | null>;
  back: () => void;
  toggleDetails: () => void;
};

/** Keys act on the row that has the focus, and otherwise on the conversation that is open. */
function useConversationKeys({ conversationId, list, pane, back, toggleDetails }: Keys) {
  const live = useLive();
  const navigate = useNavigate();
  const run = useActions();
  const target = () => {
    const id = list.current?.focusedId() ?? conversationId;
    return id === undefined ? undefined : live.store.get().conversations.get(id);
  };
  /** What needs the conversation on screen opens it first. */
  const onScreen = (act: (handle: PaneHandle) => void) => {
    const wanted = target();
    if (!wanted) return;
    if (wanted.id === conversationId) {
      if (pane.current) act(pane.current);
      return;
    }
    void navigate({
      to: '/inbox/{-$conversationId}',
      params: { conversationId: wanted.id },
      search: ({ view }: { view?: View | undefined }) => ({ view }),
    }).then(() => requestAnimationFrame(() => pane.current && act(pane.current)));
  };
  const doIfAllowed = (kind: 'claim' | 'resolve' | 'reopen') => {
    const wanted = target();
    if (wanted && mayDo(wanted, kind, live.self)) void run(wanted, { kind });
  };

  useKeys({
    j: () => list.current?.move(1),
    k: () => list.current?.move(-1),
    escape: () => conversationId && back(),
    r: () => onScreen((handle) => handle.write('reply')),
    n: () => onScreen((handle) => handle.write('note')),
    a: () => onScreen((handle) => handle.openMenu('assign')),
    s: () => onScreen((handle) => handle.openMenu('snooze')),
    c: () => doIfAllowed('claim'),
    e: () => doIfAllowed(target()?.state === 'resolved' ? 'reopen' : 'resolve'),
    i: toggleDetails,
  });
}
