import { IconArrowRight, IconHistory } from '@tabler/icons-react';
import type { SearchExplanation, SearchResult } from '../../protocol/knowledge.ts';
import { listed, number, ordinal, percent, score } from '../ui/time.ts';
import classes from './why-here.module.css';

const placeWords = { title: 'title', heading: 'heading', text: 'text' };
const partNames = [
  ['document', 'The whole document'],
  ['window', 'Its best stretch of text'],
  ['pairs', 'Words side by side'],
] as const;

type Props = { result: SearchResult; explanation: SearchExplanation; further: boolean };

/** The words that a result was found by in one line, and how its score came about on demand. */
export function WhyHere({ result, explanation, further }: Props) {
  const { lexicalRank, semanticRank, cosine, matched, parts } = explanation;
  return (
    <details className={classes.why}>
      <summary>
        <span className={classes.title}>Why here</span>
        <span>{lexicalRank === null ? 'None of the words' : `${ordinal(lexicalRank)} by words`}</span>
        <span>{semanticRank === null ? 'Meaning not compared' : `${ordinal(semanticRank)} by meaning`}</span>
      </summary>
      <p>{formula(result, explanation, further)}</p>
      <h3>Words of the question in it</h3>
      {matched.length === 0 ? <p>None. It was found by its meaning.</p> : <Words matched={matched} />}
      <h3>What the words’ part is made of</h3>
      <dl className={classes.parts}>
        {partNames.map(([part, name]) => (
          <div key={part}>
            <dt>{name}</dt>
            <dd>{score(parts[part])}</dd>
          </div>
        ))}
      </dl>
      {cosine !== null && (
        <>
          <h3>Meaning</h3>
          <p>
            The cosine of the question and the nearest part of the document is <b>{score(cosine)}</b>; the best found
            here counts as 1, what is far below the average as 0.
          </p>
        </>
      )}
    </details>
  );
}

function formula(result: SearchResult, { semanticShare }: SearchExplanation, further: boolean): string {
  if (further) return 'A further passage of a document above. It gets less than half of the document’s score.';
  const words = `${percent(1 - semanticShare)} of words (${score(result.lexical)})`;
  if (semanticShare === 0) return `The score is words alone (${score(result.lexical)}).`;
  return `The score ${score(result.score)} is ${words} and ${percent(semanticShare)} of meaning (${score(result.semantic)}), both measured against the best found.`;
}

function Words({ matched }: { matched: SearchExplanation['matched'] }) {
  return (
    <ul className={classes.words}>
      {matched.map(({ word, weight, in: places, correctedFrom, carried }) => (
        <li key={`${word} ${correctedFrom ?? ''}`}>
          <span className={classes.word} dir="auto">
            {correctedFrom !== undefined && (
              <>
                <s>{correctedFrom}</s>
                <IconArrowRight size={12} aria-label="was taken for" />
              </>
            )}
            <b>{word}</b>
          </span>
          <span>in the {listed(places.map((place) => placeWords[place]))}</span>
          {carried && (
            <span className={classes.carried}>
              <IconHistory size={12} aria-hidden /> from an earlier message
            </span>
          )}
          <span className={classes.weight}>weight {number(weight, 1)}</span>
        </li>
      ))}
    </ul>
  );
}
