import type { CustomerConversation } from '../../../protocol/conversation.ts';
import { Icon } from './icon.tsx';
import { usePanel } from './panel.ts';

/** Who is on the other side, and what to expect of them. */
export function Header() {
  const { chat, state, words, close } = usePanel();
  const { view } = state;
  const thread = view.screen === 'conversation' ? state.threads.get(view.target) : undefined;
  const assignee = thread?.conversation.assignee;
  return (
    <header class="header">
      {view.screen === 'conversation' && (
        <button type="button" class="icon-button" aria-label={words.back} onClick={chat.goHome}>
          <Icon name="back" flip />
        </button>
      )}
      <Face name={assignee?.name} />
      <div class="who">
        <h1>
          <bdi>{assignee?.name ?? state.session?.inbox.name ?? words.assistant}</bdi>
        </h1>
        <p>{useStatus(thread?.conversation)}</p>
      </div>
      <button type="button" class="icon-button" aria-label={words.close} onClick={close}>
        <Icon name="close" />
      </button>
    </header>
  );
}

/** Initials of a person, or the assistant's mark. */
export function Face({ name, small = false }: { name?: string; small?: boolean }) {
  const initials = name
    ?.split(/\s+/)
    .slice(0, small ? 1 : 2)
    .map((part) => [...part][0] ?? '')
    .join('')
    .toLocaleUpperCase();
  return (
    <span class={small ? 'face small' : 'face'} aria-hidden="true">
      {initials || <Icon name="assistant" size={small ? 14 : 20} />}
    </span>
  );
}

/** Only what is known: nothing is promised for people who are not there. */
function useStatus(conversation: CustomerConversation | undefined): string {
  const { state, words, duration } = usePanel();
  if (state.phase === 'failed') return '';
  if (state.phase === 'opening') return words.statusConnecting;
  if (!conversation) {
    if (state.view.screen === 'conversation') return words.statusAssistant;
    return state.session?.inbox.online ? words.statusOnline : words.statusAway;
  }
  const eta = conversation.queue?.etaSeconds;
  switch (conversation.state) {
    case 'assistant':
      return words.statusAssistant;
    case 'waiting':
      return eta === undefined || eta === null ? words.statusWaiting : words.statusWaitingEta(duration(eta));
    case 'agent':
      return words.agentRole;
    case 'snoozed':
      return words.statusSnoozed(conversation.assignee?.name ?? words.someone);
    case 'resolved':
      return words.statusResolved;
  }
}
