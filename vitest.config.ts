import { defineConfig } from 'vitest/config';

const slow = { testTimeout: 30_000, hookTimeout: 60_000 };

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
        },
      },
      { test: { name: 'integration', include: ['test/integration/**/*.test.ts'], ...slow } },
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
