import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { searchKnowledge } from '../api/calls.ts';
import { plainText } from '../ui/plain-text.ts';
import { Prose } from '../ui/prose.tsx';
import { ScoreBars } from '../ui/score-bars.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { AskForm } from './ask-form.tsx';
import classes from './quality.module.css';

/** The passages that a question finds, best first, with why. */
export function SearchTest() {
  const search = useMutation({ mutationFn: (query: string) => searchKnowledge({ query, limit: 10 }) });
  const results = search.data?.results;
  return (
    <>
      <AskForm label="Question" button="Search" pending={search.isPending} onAsk={(query) => search.mutate(query)} />
      <div aria-live="polite">
        {search.isPending && <SkeletonRows rows={5} height={96} label="Searching" />}
        {search.isError && <ErrorState error={search.error} onRetry={() => search.mutate(search.variables ?? '')} />}
        {search.isIdle && <EmptyState>The passages that a question finds show up here, best first.</EmptyState>}
        {search.isSuccess && results?.length === 0 && (
          <EmptyState action={<Link to="/knowledge/new">Write an article</Link>}>
            Nothing in the knowledge base matches this.
          </EmptyState>
        )}
        {search.isSuccess && results && results.length > 0 && (
          <ol className={classes.results}>
            {results.map((result, index) => (
              <li key={result.chunkId}>
                <h2>
                  <span className={classes.rank}>{index + 1}</span>
                  <Link to="/knowledge/$documentId" params={{ documentId: result.documentId }}>
                    {result.title}
                  </Link>
                </h2>
                {result.headingPath.length > 0 && <p className={classes.path}>{result.headingPath.join(' › ')}</p>}
                <ScoreBars score={result.score} lexical={result.lexical} semantic={result.semantic} />
                <Passage text={result.text} />
              </li>
            ))}
          </ol>
        )}
      </div>
    </>
  );
}

const shortLength = 400;

/** The beginning; the rest on demand. */
function Passage({ text }: { text: string }) {
  if (text.length <= shortLength) return <Prose markdown={text} className={classes.passage} />;
  return (
    <details className={classes.passage}>
      <summary>
        {plainText(text)
          .slice(0, shortLength)
          .replace(/\s+\S*$/, '')}{' '}
        …
      </summary>
      <Prose markdown={text} />
    </details>
  );
}
