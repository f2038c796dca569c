import { defineConfig } from 'vitest/config';

const slow = { testTimeout: 30_000, hookTimeout: 60_000 };
const integration = (names: string[]) => names.map((name) => `test/integration/${name}.test.ts`);

/** They look at a clock with a limit of seconds: another file beside them would be measured with them. */
const timed = integration([
  'answering-context',
  'answering-failures',
  'http-connections',
  'knowledge-reranker',
  'knowledge-stop',
]);

/** Neither Postgres nor Redis by DATABASE_URL and REDIS_URL is in them: real services would make no difference. */
const local = integration(['compose-file', 'embedded', 'imports', 'knowledge-encoder', 'knowledge-local-encoder']);

export default defineConfig({
  test: {
    // two cores: files side by side would measure each other
    fileParallelism: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{protocol,server,workers,widget,console,bench,scripts}/**/*.test.{ts,tsx}'],
          testTimeout: 30_000,
          // pure functions: a process for each file would take three quarters of the time
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // each file has services of its own, so two of them do not meet
        test: {
          name: 'integration',
          include: integration(['*']),
          exclude: [...timed, ...local],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          ...slow,
        },
      },
      { test: { name: 'integration-timed', include: timed, ...slow } },
      { test: { name: 'integration-local', include: local, ...slow } },
      { test: { name: 'flow', include: ['test/flow/**/*.test.ts'], ...slow } },
      {
        test: {
          name: 'fault',
          include: ['test/fault/**/*.test.ts'],
          exclude: ['test/fault/embedded-*.test.ts'],
          ...slow,
        },
      },
      { test: { name: 'fault-embedded', include: ['test/fault/embedded-*.test.ts'], ...slow } },
      // once more when it fails: a browser shares the cores with everything else, and its timing is not ours
      {
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], retry: 1, testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
});
