import type { AnswerInput } from './decision.ts';
import { type SmallTalk, smallTalk } from './small-talk.ts';
import { wantsHuman } from './wants-human.ts';

const confidenceMin = 0.25;
const sureEnough = 0.55;
const coverageWeight = 0.7;

/**
 * Whether a passage may be quoted as the answer: the knowledge base is likely to hold one, and the passage speaks of what was
 * asked. The cut lets 93 % of WixQA's and 67 % of TechQA's answerable questions pass, beside 24–29 % and 0–8 % of unrelated
 * ones (CLINC, BIPIA) asked of the same documents; confidence alone at .35 lets 94 and 64 % pass beside 27–39 and 0–8 %.
 */
export const mayQuote = (confidence: number, coverage: number): boolean =>
  confidence >= confidenceMin && confidence + coverageWeight * coverage >= sureEnough;

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
