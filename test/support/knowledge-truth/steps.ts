import fc from 'fast-check';

const slot = fc.integer({ min: 0, max: 3 });
const audience = fc.constantFrom('public' as const, 'internal' as const);
const status = fc.constantFrom('published' as const, 'published' as const, 'draft' as const);
const locale = fc.constantFrom('en' as const, 'en' as const, 'de' as const);
/** Most live; a job has some twenty statements, a transaction's begin and commit among them. */
const death = fc.option(fc.record({ after: fc.integer({ min: 0, max: 25 }), answerLost: fc.boolean() }), { freq: 2 });

/** `long`: of several chunks. */
const write = fc.record({ kind: fc.constant('write' as const), slot, audience, status, locale, long: fc.boolean() });
const patch = fc.record(
  { kind: fc.constant('patch' as const), slot, title: fc.boolean(), audience, status, locale },
  { requiredKeys: ['kind', 'slot', 'title'] },
);
const remove = fc.record({ kind: fc.constant('delete' as const), slot });
const index = fc.record({ kind: fc.constant('index' as const), slot, death });
const fill = fc.record({ kind: fc.constant('fill' as const), death });
/** `alone`: the other model cannot be used, so a space of it is searched and written by words. */
const configure = fc.record({ kind: fc.constant('configure' as const), second: fc.boolean(), alone: fc.boolean() });
const activate = fc.record({ kind: fc.constant('activate' as const), which: fc.nat(3), force: fc.boolean(), death });
const deleteSpace = fc.record({ kind: fc.constant('delete space' as const), which: fc.nat(3), death });
const time = fc.record({ kind: fc.constant('leases end' as const) });
/** All at once: the jobs while somebody writes. */
const together = fc.record({
  kind: fc.constant('together' as const),
  steps: fc.tuple(fc.oneof(write, patch, remove), index, fc.oneof(fill, index, activate)),
});

const step = fc.oneof(
  { weight: 5, arbitrary: write },
  { weight: 4, arbitrary: patch },
  { weight: 1, arbitrary: remove },
  { weight: 7, arbitrary: index },
  { weight: 4, arbitrary: fill },
  { weight: 2, arbitrary: configure },
  { weight: 2, arbitrary: activate },
  { weight: 1, arbitrary: deleteSpace },
  { weight: 2, arbitrary: time },
  { weight: 4, arbitrary: together },
);

type Of<Values> = Values extends fc.Arbitrary<infer Value> ? Value : never;
export type Step = Of<typeof step>;
/** One of a step that nothing runs beside. */
export type SingleStep = Exclude<Step, { kind: 'together' }>;

export const steps = fc.array(step, { minLength: 8, maxLength: 30, size: 'max' });
