import { Checkbox } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { SearchResult } from '../../protocol/knowledge.ts';
import { MarkedText } from '../ui/marked-text.tsx';
import { excerpt } from '../ui/marked-words.ts';
import { plainText } from '../ui/plain-text.ts';
import { Prose } from '../ui/prose.tsx';
import { ScoreBars } from '../ui/score-bars.tsx';
import classes from './quality.module.css';
import type { Judging } from './use-judging.ts';
import { WhyHere } from './why-here.tsx';

type Props = {
  result: SearchResult;
  place: number;
  /** A better passage of the same document stands above. */
  further: boolean;
  judging: Judging | undefined;
};

/** One passage with its scores, the words it was found by, and why it stands where it does. */
export function SearchHit({ result, place, further, judging }: Props) {
  const { documentId, title, headingPath, explanation } = result;
  const forms = useMemo(() => new Set(explanation?.matched.flatMap((word) => word.forms)), [explanation]);
  return (
    <li>
      {judging && (
        <Checkbox
          className={classes.tick}
          label="This document answers the question"
          aria-label={`“${title}” answers the question`}
          checked={judging.right.some(({ id }) => id === documentId)}
          onChange={() => judging.toggle({ id: documentId, title })}
        />
      )}
      <h2>
        <span className={classes.rank}>{place}</span>
        <Link to="/knowledge/$documentId" params={{ documentId }} dir="auto">
          <MarkedText text={title} forms={forms} />
        </Link>
      </h2>
      {headingPath.length > 0 && (
        <p className={classes.path} dir="auto">
          <MarkedText text={headingPath.join(' › ')} forms={forms} />
        </p>
      )}
      <ScoreBars score={result.score} lexical={result.lexical} semantic={result.semantic} />
      {explanation && <WhyHere result={result} explanation={explanation} further={further} />}
      <Passage text={result.text} forms={forms} />
    </li>
  );
}

const shortLength = 400;

/** The part with the most of the question's words; the whole on demand. */
function Passage({ text, forms }: { text: string; forms: ReadonlySet<string> }) {
  if (text.length <= shortLength) return <Prose markdown={text} className={classes.passage} forms={forms} />;
  return (
    <details className={classes.passage}>
      <summary dir="auto">
        <MarkedText text={excerpt(plainText(text), forms, shortLength)} forms={forms} />
      </summary>
      <Prose markdown={text} forms={forms} />
    </details>
  );
}
