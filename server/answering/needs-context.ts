import type { HistoryEntry } from '../../protocol/knowledge.ts';

/** A question of more words says itself what it is about. */
const shortWords = 6;
const longWords = 60;

/** Words that stand for something said before. */
const pointing =
  /\b(?:it|its|that|this|those|these|they|them|their|there|one|ones|same|he|she|him|her|his|else|instead|former|latter|above|previous|otherwise)\b/i;
/** Beginnings that go on with what was said. */
const goingOn =
  /^\W*(?:and|but|or|so|then|also|what about|how about|what if|why not|which|yes|no|ok(?:ay)?|even|still|only|for|with|without)\b/i;

/**
 * Whether a question may mean more than it says: there is a history, and the question is short, points back, or goes on with what
 * was said. Long messages say what they are about.
 */
export function needsContext(question: string, history: HistoryEntry[]): boolean {
  if (!history.some((entry) => entry.role === 'customer' && entry.body.trim() !== '')) return false;
  const words = question.match(/[\p{L}\p{N}\p{M}]+/gu)?.length ?? 0;
  if (words === 0 || words > longWords) return false;
  return words <= shortWords || pointing.test(question) || goingOn.test(question);
}
