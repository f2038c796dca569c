import { Link } from '@tanstack/react-router';
import type { TurnTrace } from '../../protocol/answer.ts';
import { confidenceWords } from './confidence-words.ts';
import { ScoreBars } from './score-bars.tsx';
import { dollars, milliseconds, number } from './time.ts';
import classes from './trace-view.module.css';

const kindWords = { answer: 'Answer', clarify: 'Ask back', abstain: 'Say that it is not known', handoff: 'Hand off' };

/** What the assistant searched, found, and decided, with what it took. */
export function TraceView({ trace }: { trace: TurnTrace }) {
  const facts: [string, string][] = [
    ['Decision', `${kindWords[trace.decision.kind]}, by the rule “${trace.decision.rule}”`],
    ['Confidence', confidenceWords(trace.decision.confidence)],
    ['Model', trace.model],
    ['Prompt', trace.promptVersion ?? 'None'],
    ['Tokens', `${number(trace.tokens.input)} in, ${number(trace.tokens.output)} out`],
    ['Cost', dollars(trace.costUsd)],
    ['Search took', milliseconds(trace.timings.retrieveMs)],
    ['First words after', trace.timings.firstTokenMs === null ? 'No stream' : milliseconds(trace.timings.firstTokenMs)],
    ['Took in all', milliseconds(trace.timings.totalMs)],
  ];
  return (
    <div className={classes.trace}>
      <section>
        <h3>Searched for</h3>
        <p dir="auto" className={classes.query}>
          {trace.query || 'Nothing was searched.'}
        </p>
      </section>
      <section>
        <dl className={classes.facts}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      {trace.failures.length > 0 && (
        <section>
          <h3>Failed on the way</h3>
          <ul>
            {trace.failures.map(({ model, reason }) => (
              <li key={`${model}:${reason}`}>
                {model}: {reason}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>Found ({number(trace.candidates.length)})</h3>
        {trace.candidates.length === 0 && <p className={classes.query}>Nothing in the knowledge base matched.</p>}
        <ol className={classes.candidates}>
          {trace.candidates.map((candidate) => (
            <li key={candidate.chunkId}>
              <Link to="/knowledge/$documentId" params={{ documentId: candidate.documentId }}>
                {candidate.title}
              </Link>
              <ScoreBars {...candidate} />
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}
