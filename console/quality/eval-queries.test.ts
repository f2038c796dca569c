import { expect, it } from 'vitest';
import type { EvalRun } from '../../protocol/evaluation.ts';
import { asLastSeen, isUnderWay } from './eval-queries.ts';

const run = (id: string, state: EvalRun['state']): EvalRun => ({
  id,
  state,
  at: '2026-11-25T12:00:00.000Z',
  progress: { done: 0, total: 0 },
  tookMs: null,
  figures: null,
  error: null,
});

it('takes a run that ended between the two answers as done, not as under way beside its own figures', () => {
  const { newest, done } = asLastSeen(run('b', 'pending'), [run('b', 'done'), run('a', 'done')]);
  expect(isUnderWay(newest)).toBe(false);
  expect(done.map(({ id }) => id)).toEqual(['b', 'a']);
});

it('leaves one under way that is newer than what is done', () => {
  expect(asLastSeen(run('b', 'running'), [run('a', 'done')]).newest).toEqual(run('b', 'running'));
  expect(asLastSeen(undefined, []).newest).toBeUndefined();
});
