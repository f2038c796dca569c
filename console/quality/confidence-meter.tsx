import { IconCircleCheck, IconCircleDashed, IconHelpCircle } from '@tabler/icons-react';
import type { AnswerOutlook } from '../../protocol/knowledge.ts';
import { outlookOf, quotingCuts } from '../../protocol/quoting-cuts.ts';
import { confidenceMeaning, outlookWords } from '../ui/confidence-words.ts';
import { percent } from '../ui/time.ts';
import classes from './quality.module.css';

const outlooks: Record<AnswerOutlook, { meaning: string; icon: typeof IconCircleCheck }> = {
  likely: {
    meaning: `The assistant quotes the best passage: it does so from ${percent(quotingCuts.sure)}.`,
    icon: IconCircleCheck,
  },
  possible: {
    meaning: `Between ${percent(quotingCuts.least)} and ${percent(quotingCuts.sure)} the assistant quotes a passage only if it speaks of most of what was asked.`,
    icon: IconHelpCircle,
  },
  unlikely: {
    meaning: `Below ${percent(quotingCuts.least)} the assistant says that it could not find this, also where the right article is among the results.`,
    icon: IconCircleDashed,
  },
};

type Props = { confidence: number; outlook: AnswerOutlook | undefined };

/** How likely it is that the knowledge base holds the answer, and what follows from it. */
export function ConfidenceMeter({ confidence, outlook = outlookOf(confidence) }: Props) {
  const { meaning, icon: Icon } = outlooks[outlook];
  const { least, sure } = quotingCuts;
  return (
    <section className={classes.meter} aria-label="Confidence">
      <div className={classes.meterHead} data-outlook={outlook}>
        <Icon size={18} stroke={1.75} aria-hidden />
        <strong className={classes.meterWord}>{outlookWords[outlook]}</strong>
        <span className={classes.meterNumber}>{percent(confidence)} confidence</span>
      </div>
      <svg className={classes.meterBar} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect width={Math.max(0, Math.min(1, confidence)) * 100} height="6" />
        <path d={`M${least * 100} 0V6M${sure * 100} 0V6`} />
      </svg>
      <p className={classes.meterMeaning}>
        {meaning} A model, where one writes the answers, decides for itself. {confidenceMeaning}
      </p>
    </section>
  );
}
