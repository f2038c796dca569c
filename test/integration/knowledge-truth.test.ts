import fc from 'fast-check';
import { afterAll, beforeAll, test } from 'vitest';
import { startKnowledge } from '../support/knowledge-fixture.ts';
import { checkSettled } from '../support/knowledge-truth/check-settled.ts';
import { checkVisible } from '../support/knowledge-truth/check-visible.ts';
import { createModel } from '../support/knowledge-truth/model.ts';
import { finishEverything, runStep } from '../support/knowledge-truth/run-step.ts';
import { steps } from '../support/knowledge-truth/steps.ts';

/** TRUTH_RUNS makes it longer; TRUTH_SEED and TRUTH_PATH, as a failure prints them, repeat one. */
const { TRUTH_RUNS, TRUTH_SEED, TRUTH_PATH } = process.env;
const runs = Number(TRUTH_RUNS ?? 12);

let knowledge: Awaited<ReturnType<typeof startKnowledge>>;
beforeAll(async () => {
  knowledge = await startKnowledge();
}, 60_000);
afterAll(() => knowledge.stop());

test(
  'whatever is written, killed, filled and switched: what is found is what is published, once, and the index holds nothing else',
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const model = createModel(await knowledge.createWorkspace());
        for (const step of sequence) {
          await runStep(knowledge, model, step);
          await checkVisible(knowledge, model);
        }
        await finishEverything(knowledge, model);
        await checkVisible(knowledge, model);
        await checkSettled(knowledge, model);
      }),
      {
        numRuns: runs,
        ...(TRUTH_SEED === undefined ? {} : { seed: Number(TRUTH_SEED) }),
        ...(TRUTH_PATH === undefined ? {} : { path: TRUTH_PATH }),
        // a shorter example of a failure is looked for until then
        interruptAfterTimeLimit: runs * 15_000,
        markInterruptAsFailure: true,
      },
    );
  },
  runs * 30_000,
);
