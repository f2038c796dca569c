import classes from './score-bars.module.css';
import { score } from './time.ts';

type Scores = { score: number; lexical: number; semantic: number };

const names = { score: 'Score', lexical: 'Words', semantic: 'Meaning' } as const;

/** A result's score and the two parts it is made of: a bar to compare, the number beside it. */
export function ScoreBars(scores: Scores) {
  return (
    <div className={classes.bars}>
      {(['score', 'lexical', 'semantic'] as const).map((part) => (
        <div key={part} className={classes.bar} data-part={part}>
          <span className={classes.name}>{names[part]}</span>
          <svg className={classes.track} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect width={Math.max(0, Math.min(1, scores[part])) * 100} height="4" />
          </svg>
          <span className={classes.value}>{score(scores[part])}</span>
        </div>
      ))}
    </div>
  );
}
