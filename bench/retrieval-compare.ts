import { rankOf } from './retrieval-metrics.ts';
import type { AskedQuestion, EvaluatedSet } from './retrieval-run.ts';

export type SetPair = {
  name: string;
  /** The same questions in the same order. */
  before: AskedQuestion[];
  after: AskedQuestion[];
  /** Asked in one of the two only. */
  unpaired: number;
};

/** The questions that both runs asked of the set, by their ids. */
export function pairSets(one: EvaluatedSet, other: EvaluatedSet): SetPair {
  const byId = new Map(other.questions.map((asked) => [asked.id, asked]));
  const both = one.questions.flatMap((before) => {
    const after = byId.get(before.id);
    return after ? [{ before, after }] : [];
  });
  return {
    name: one.name === other.name ? one.name : `${one.name} → ${other.name}`,
    before: both.map(({ before }) => before),
    after: both.map(({ after }) => after),
    unpaired: one.questions.length + other.questions.length - 2 * both.length,
  };
}

export type Change = { id: string; question: string; before: number | undefined; after: number | undefined };

/** What moved the first right document most, by 1/rank; what kept its place is left out. */
export function changedMost({ before, after }: SetPair, limit: number): Change[] {
  const worth = (rank: number | undefined) => (rank === undefined ? 0 : 1 / rank);
  const size = (change: Change) => Math.abs(worth(change.after) - worth(change.before));
  return before
    .flatMap((asked, at): Change[] => {
      const later = after[at];
      if (!later) return [];
      return [{ id: asked.id, question: asked.question, before: rankOf(asked), after: rankOf(later) }];
    })
    .filter((change) => change.before !== change.after)
    .toSorted((one, other) => size(other) - size(one))
    .slice(0, limit);
}
