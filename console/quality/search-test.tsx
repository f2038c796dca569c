import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { useState } from 'react';
import type { HistoryEntry, SearchResponse } from '../../protocol/knowledge.ts';
import { searchKnowledge } from '../api/calls.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { useIsAdmin } from '../ui/use-role.ts';
import { AskForm } from './ask-form.tsx';
import { ConfidenceMeter } from './confidence-meter.tsx';
import { EarlierMessages } from './earlier-messages.tsx';
import { JudgeBar, JudgeButton } from './judge-bar.tsx';
import classes from './quality.module.css';
import type { AskedQuestion } from './quality-tabs.ts';
import { SearchFilters } from './search-filters.tsx';
import { SearchHit } from './search-hit.tsx';
import { useJudging } from './use-judging.ts';

/** Earlier messages that say nothing are left out. */
const toHistory = (earlier: string[]): HistoryEntry[] =>
  earlier.filter((body) => body.trim() !== '').map((body) => ({ role: 'customer', body }));

/** The passages that a question finds, best first, with why; and the way to keep it as an evaluation question. */
export function SearchTest() {
  const opened = useRouterState({ select: ({ location }) => location.state.asked });
  const [asked, setAsked] = useState<Pick<AskedQuestion, 'query' | 'history'> | undefined>(opened);
  const [filters, setFilters] = useState({
    audience: opened?.audience ?? null,
    locale: opened?.locale ?? null,
    limit: 10,
  });
  const [timesCleared, setTimesCleared] = useState(0);
  const clearFilters = () => {
    setFilters({ ...filters, audience: null, locale: null });
    setTimesCleared(timesCleared + 1);
  };
  const [earlier, setEarlier] = useState(opened?.history.map(({ body }) => body) ?? []);
  const request = { query: asked?.query ?? '', history: asked?.history ?? [], ...filters };
  const search = useQuery({
    queryKey: ['search-test', request],
    queryFn: ({ signal }) => {
      const { audience, locale, ...rest } = request;
      const filter = { ...(audience ? { audience } : {}), ...(locale ? { locale } : {}) };
      return searchKnowledge({ ...rest, ...filter, explain: true }, signal);
    },
    enabled: asked !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const ask = (query: string) => {
    const history = toHistory(earlier);
    const isSame = asked?.query === query && JSON.stringify(asked.history) === JSON.stringify(history);
    if (isSame) void search.refetch();
    else setAsked({ query, history });
  };
  return (
    <>
      <div className={classes.asking}>
        <EarlierMessages messages={earlier} onChange={setEarlier} />
        <AskForm label="Question" button="Search" pending={search.isFetching} onAsk={ask} initial={opened?.query} />
        <SearchFilters key={timesCleared} filters={filters} onChange={setFilters} />
      </div>
      <div aria-live="polite">
        {asked === undefined && (
          <EmptyState>The passages that a question finds show up here, best first, with why.</EmptyState>
        )}
        {asked && search.isPending && <SkeletonRows rows={5} height={120} label="Searching" />}
        {search.isError && <ErrorState error={search.error} onRetry={() => void search.refetch()} />}
        {asked && search.data && (
          <Found
            key={JSON.stringify(request)}
            asked={{ ...asked, audience: filters.audience, locale: filters.locale }}
            found={search.data}
            onClearFilters={clearFilters}
          />
        )}
      </div>
    </>
  );
}

type FoundProps = { asked: AskedQuestion; found: SearchResponse; onClearFilters: () => void };

function Found({ asked, found, onClearFilters }: FoundProps) {
  const admin = useIsAdmin();
  const judging = useJudging(asked);
  const { results, query } = found;
  const isFirst = (index: number) =>
    results.findIndex(({ documentId }) => documentId === results[index]?.documentId) === index;
  return (
    <div className={classes.found}>
      <ConfidenceMeter confidence={found.confidence} outlook={found.outlook} />
      {query !== asked.query.trim() && (
        <p className={classes.path}>
          Searched for: <span dir="auto">{query}</span>
        </p>
      )}
      {admin && !judging.isOpen && <JudgeButton judging={judging} />}
      {results.length === 0 ? (
        <NothingFound filtered={asked.audience !== null || asked.locale !== null} onClearFilters={onClearFilters} />
      ) : (
        <ol className={classes.results}>
          {results.map((result, index) => (
            <SearchHit
              key={result.chunkId}
              result={result}
              place={index + 1}
              further={!isFirst(index)}
              judging={judging.isOpen && isFirst(index) ? judging : undefined}
            />
          ))}
        </ol>
      )}
      {judging.isOpen && <JudgeBar judging={judging} />}
    </div>
  );
}

function NothingFound({ filtered, onClearFilters }: { filtered: boolean; onClearFilters: () => void }) {
  const admin = useIsAdmin();
  if (filtered) {
    return (
      <EmptyState
        action={
          <Button size="xs" variant="default" onClick={onClearFilters}>
            Search everything
          </Button>
        }
      >
        Nothing for this audience and language matches this.
      </EmptyState>
    );
  }
  return (
    <EmptyState action={admin && <Link to="/knowledge/new">Write an article</Link>}>
      Nothing in the knowledge base matches this.
    </EmptyState>
  );
}
