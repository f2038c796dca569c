import { quotingCuts } from '../../protocol/quoting-cuts.ts';
import type { AnswerInput } from './decision.ts';
import { type SmallTalk, smallTalk } from './small-talk.ts';
import { wantsHuman } from './wants-human.ts';

/** A passage that speaks of all that was asked makes up for the whole way from the lower cut to the upper one. */
const coverageWeight = quotingCuts.sure - quotingCuts.least;

/**
 * Whether a passage may be quoted as the answer: the knowledge base is likely to hold one, and the passage speaks of what was
 * asked. `npm run eval:answers` measures the cut: how many answerable questions pass, and how many that no article answers.
 */
export const mayQuote = (confidence: number, coverage: number): boolean =>
  confidence >= quotingCuts.least && confidence + coverageWeight * coverage >= quotingCuts.sure;

/** What is decided before anything is searched: no article is needed, or none will do. */
export type FirstDecision =
  | { kind: 'handoff'; rule: 'asked_for_human' | 'accepted_human' }
  | { kind: 'clarify'; rule: Exclude<SmallTalk, 'yes' | 'no'> | 'declined_human' };

/** The customer's own words first. A "yes" or "no" counts only as the answer to an offered human. */
export function decideFirst(input: Pick<AnswerInput, 'question' | 'humanOffered'>): FirstDecision | undefined {
  if (wantsHuman(input.question)) return { kind: 'handoff', rule: 'asked_for_human' };
  const said = smallTalk(input.question);
  switch (said) {
    case 'greeting':
    case 'thanks':
    case 'identity':
      return { kind: 'clarify', rule: said };
    case 'yes':
      return input.humanOffered ? { kind: 'handoff', rule: 'accepted_human' } : undefined;
    case 'no':
      return input.humanOffered ? { kind: 'clarify', rule: 'declined_human' } : undefined;
    case 'acknowledged':
      return { kind: 'clarify', rule: said };
    case undefined:
      return undefined;
  }
}
