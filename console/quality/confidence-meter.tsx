import { IconCircleCheck, IconCircleDashed, IconHelpCircle } from '@tabler/icons-react';
import type { AnswerOutlook } from '../../protocol/knowledge.ts';
import { percent } from '../ui/time.ts';
import classes from './quality.module.css';

const outlooks: Record<AnswerOutlook, { word: string; meaning: string; icon: typeof IconCircleCheck }> = {
  likely: {
    word: 'Sure enough to answer',
    meaning: 'Where no model writes the answer, the best passage is quoted.',
    icon: IconCircleCheck,
  },
  possible: {
    word: 'On the edge',
    meaning: 'Where no model writes the answer, a passage is quoted only if it speaks of most of what was asked.',
    icon: IconHelpCircle,
  },
  unlikely: {
    word: 'Not sure enough to answer',
    meaning: 'Where no model writes the answer, the assistant says that it could not find this.',
    icon: IconCircleDashed,
  },
};

type Props = { confidence: number; outlook: AnswerOutlook | undefined };

/** How likely it is that the knowledge base holds the answer, and what follows from it. */
export function ConfidenceMeter({ confidence, outlook = 'unlikely' }: Props) {
  const { word, meaning, icon: Icon } = outlooks[outlook];
  return (
    <section className={classes.meter} aria-label="Confidence">
      <div className={classes.meterHead}>
        <span className={classes.meterNumber}>{percent(confidence)}</span>
        <span>confidence that the knowledge base holds the answer</span>
      </div>
      <svg className={classes.meterBar} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect width={Math.max(0, Math.min(1, confidence)) * 100} height="6" />
      </svg>
      <p className={classes.meterWords} data-outlook={outlook}>
        <Icon size={16} stroke={1.75} aria-hidden />
        <span>
          <strong>{word}.</strong> {meaning}
        </span>
      </p>
    </section>
  );
}
