import { useState } from 'preact/hooks';
import type { CustomerConversation } from '../../../protocol/conversation.ts';
import { plainText } from '../markdown.ts';
import { blankTarget, conversationsOf } from '../store/chat.ts';
import { unreadCount } from '../store/thread.ts';
import { Icon } from './icon.tsx';
import { usePanel } from './panel.ts';

const suggestionsMax = 3;

/** A greeting, the way back into the last conversation, and three questions to ask with one tap. */
export function Home() {
  const { chat, state, words } = usePanel();
  const [all, setAll] = useState(false);
  const appearance = state.session?.inbox.appearance;
  const [last, ...earlier] = conversationsOf(state);
  const suggestions = (appearance?.suggestions ?? []).slice(0, suggestionsMax);
  return (
    <div class="home">
      <h2 class="greeting" dir="auto">
        {appearance?.greeting}
      </h2>
      {last && (
        <section aria-label={words.lastConversation}>
          <h3>{words.lastConversation}</h3>
          <ul class="cards">
            <ConversationCard conversation={last} />
            {all &&
              earlier.map((conversation) => <ConversationCard key={conversation.id} conversation={conversation} />)}
          </ul>
          {earlier.length > 0 && !all && (
            <button type="button" class="text-button" onClick={() => setAll(true)}>
              {words.earlier(earlier.length)}
            </button>
          )}
        </section>
      )}
      {suggestions.length > 0 && (
        <section aria-label={words.suggestions}>
          <h3>{words.suggestions}</h3>
          <ul class="cards">
            {suggestions.map((question) => (
              <li key={question}>
                <button type="button" class="card" dir="auto" onClick={() => chat.send(blankTarget, question)}>
                  <span class="grow">{question}</span>
                  <Icon name="next" size={16} flip />
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function ConversationCard({ conversation }: { conversation: CustomerConversation }) {
  const { chat, state, words, ago, exact } = usePanel();
  const thread = state.threads.get(conversation.id);
  const lastMessage = thread?.messages.findLast((message) => message.author.kind !== 'system');
  const title = conversation.subject ?? thread?.messages.find(({ author }) => author.kind === 'customer')?.body;
  const unread = thread ? unreadCount(thread) : 0;
  return (
    <li>
      <button type="button" class="card" onClick={() => chat.show(conversation.id)}>
        <span class="grow">
          <span class="line strong" dir="auto">
            {title ? plainText(title) : words.untitled}
          </span>
          <span class="line quiet">
            <StateWord conversation={conversation} />
            {' · '}
            <time dateTime={conversation.updatedAt} title={exact(conversation.updatedAt)}>
              {ago(conversation.updatedAt)}
            </time>
          </span>
          {lastMessage && lastMessage.body !== title && (
            <span class="line quiet" dir="auto">
              {plainText(lastMessage.body.slice(0, 200))}
            </span>
          )}
        </span>
        {unread > 0 && (
          <span class="badge">
            {unread}
            <span class="sr"> {words.unread}</span>
          </span>
        )}
        <Icon name="next" size={16} flip />
      </button>
    </li>
  );
}

function StateWord({ conversation }: { conversation: CustomerConversation }) {
  const { words } = usePanel();
  switch (conversation.state) {
    case 'assistant':
      return <>{words.assistant}</>;
    case 'waiting':
      return <>{words.statusWaiting}</>;
    case 'agent':
    case 'snoozed':
      return <>{conversation.assignee?.name ?? words.agentRole}</>;
    case 'resolved':
      return <>{words.statusResolved}</>;
  }
}
