import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight } from '@mantine/spotlight';
import { IconBook, IconChartDots, IconInbox, IconPlus, IconSearch, IconSettings } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { fetchConversations, searchKnowledge } from '../api/calls.ts';
import { useLive } from '../live/live-context.tsx';
import { customerName } from '../ui/customer-name.ts';
import { plainText } from '../ui/plain-text.ts';
import { StateLabel } from '../ui/state-label.tsx';
import classes from './search.module.css';
import { searchStore, selectFirstHit } from './search-store.ts';

const pages = [
  { label: 'Inbox', to: '/inbox', icon: IconInbox },
  { label: 'Knowledge', to: '/knowledge', icon: IconBook },
  { label: 'New article', to: '/knowledge/new', icon: IconPlus },
  { label: 'Index: what search knows', to: '/knowledge/index', icon: IconBook },
  { label: 'Quality: try an answer', to: '/quality', icon: IconChartDots },
  { label: 'Quality: try the search', to: '/quality?tab=search', icon: IconChartDots },
  { label: 'Quality: evaluation', to: '/quality?tab=evaluation', icon: IconChartDots },
  { label: 'Settings: team', to: '/settings/team', icon: IconSettings },
  { label: 'Settings: inbox', to: '/settings/inbox', icon: IconSettings },
  { label: 'Settings: API keys', to: '/settings/api-keys', icon: IconSettings },
];

/** Cmd/Ctrl-K: conversations by what was said or who said it, documents by what they are about, and pages. */
export function Search() {
  const [text, setText] = useState('');
  const [query] = useDebouncedValue(text.trim(), 150);
  const router = useRouter();
  const live = useLive();
  const conversations = useQuery({
    queryKey: ['find', 'conversations', query],
    queryFn: ({ signal }) => fetchConversations({ q: query, limit: 6 }, signal),
    enabled: query.length > 1,
    placeholderData: keepPreviousData,
  });
  const documents = useQuery({
    queryKey: ['find', 'documents', query],
    queryFn: ({ signal }) => searchKnowledge({ query, limit: 12 }, signal),
    enabled: query.length > 1,
    placeholderData: keepPreviousData,
  });

  const go = (to: string) => router.history.push(`/console${to}`);
  const foundPages = pages.filter(({ label }) => label.toLowerCase().includes(query.toLowerCase()));
  const foundConversations = query.length > 1 ? (conversations.data?.data ?? []) : [];
  const foundDocuments = query.length > 1 ? firstOfEach(documents.data?.results ?? []).slice(0, 6) : [];
  const nothing = foundPages.length + foundConversations.length + foundDocuments.length === 0;
  const searching = query.length > 1 && (conversations.isFetching || documents.isFetching);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever there are other hits
  useEffect(() => {
    if (query !== '') selectFirstHit();
  }, [query, conversations.data, documents.data]);

  return (
    <Spotlight.Root
      store={searchStore}
      query={text}
      onQueryChange={setText}
      shortcut="mod + K"
      scrollable
      maxHeight={440}
      transitionProps={{ duration: 120 }}
      attributes={{ content: { 'aria-label': 'Search' } }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.4 }}
      classNames={{ actionsGroup: classes.group ?? '' }}
    >
      <Spotlight.Search
        placeholder="Find a conversation, an article or a page"
        aria-label="Find a conversation, an article or a page"
        leftSection={<IconSearch size={18} stroke={1.75} />}
      />
      <Spotlight.ActionsList {...scrolledByKeyboard}>
        {foundConversations.length > 0 && (
          <Spotlight.ActionsGroup label="Conversations">
            {foundConversations.map((conversation) => (
              <Spotlight.Action key={conversation.id} onClick={() => go(`/inbox/${conversation.id}?view=all`)}>
                <span className={classes.row}>
                  <span className={classes.text}>
                    <strong dir="auto">{customerName(conversation)}</strong>
                    {conversation.preview && <span dir="auto">{plainText(conversation.preview.text)}</span>}
                  </span>
                  <StateLabel conversation={conversation} selfId={live.self.id} />
                </span>
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        )}
        {foundDocuments.length > 0 && (
          <Spotlight.ActionsGroup label="Knowledge">
            {foundDocuments.map((result) => (
              <Spotlight.Action
                key={result.documentId}
                leftSection={<IconBook size={16} stroke={1.75} />}
                label={result.title}
                onClick={() => go(`/knowledge/${result.documentId}`)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {foundPages.length > 0 && (
          <Spotlight.ActionsGroup label="Pages">
            {foundPages.map(({ label, to, icon: Icon }) => (
              <Spotlight.Action
                key={to}
                leftSection={<Icon size={16} stroke={1.75} />}
                label={label}
                onClick={() => go(to)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {nothing && <Spotlight.Empty>{searching ? 'Searching…' : `Nothing found for “${query}”.`}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** What scrolls must be reachable by keyboard; the list hands on what its scroll area takes, which its types leave out. */
const scrolledByKeyboard = { viewportProps: { tabIndex: 0 } };

function firstOfEach<Result extends { documentId: string }>(results: readonly Result[]): Result[] {
  const seen = new Set<string>();
  return results.filter(({ documentId }) => !seen.has(documentId) && seen.add(documentId));
}
