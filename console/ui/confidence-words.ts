import type { AnswerOutlook } from '../../protocol/knowledge.ts';
import { outlookOf } from '../../protocol/quoting-cuts.ts';
import { percent } from './time.ts';

/** A confidence in words: where the assistant without a model draws its lines, so do these. */
export const outlookWords: Record<AnswerOutlook, string> = {
  likely: 'Probably answered',
  possible: 'Unsure',
  unlikely: 'Probably not answered',
};

/** "Unsure (36%)" */
export const confidenceWords = (confidence: number): string =>
  `${outlookWords[outlookOf(confidence)]} (${percent(confidence)})`;

/** What the number is, for a title. */
export const confidenceMeaning =
  'How likely it is that the knowledge base holds the answer. It says nothing about the order of the results.';
