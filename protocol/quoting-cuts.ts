import type { AnswerOutlook } from './knowledge.ts';

/**
 * Where the assistant without a model draws the line, in confidence: from `sure` on it quotes the best passage, below `least` it quotes
 * none, and between it quotes a passage that speaks of most of what was asked.
 * Apart from the schemas: the console has no parser in it, which would want `eval`.
 */
export const quotingCuts = { least: 0.25, sure: 0.45 } as const;

/** What the assistant without a model does: quotes whatever the passage says, if it speaks of all that was asked, or not even then. */
export function outlookOf(confidence: number): AnswerOutlook {
  if (confidence >= quotingCuts.sure) return 'likely';
  return confidence >= quotingCuts.least ? 'possible' : 'unlikely';
}
