import { defineConfig } from 'vitest/config';

/** What comes to be, does so within a second on an idle machine, and not on every machine. */
const patient = { poll: { timeout: 15_000 } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{core,pipeline,adapters,lambdas,containers,ops,infra,local,client,cli,docs,web,bench}/**/*.test.ts',
            'test/faults/**/*.test.ts',
          ],
          testTimeout: 20_000,
          expect: patient,
        },
      },
      {
        test: {
          name: 'corpus',
          include: ['test/corpus/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'hostile',
          include: ['test/hostile/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          // One running pipeline for both: a browser is one more client of it.
          include: ['test/integration/**/*.test.ts', 'test/browser/**/*.test.ts'],
          globalSetup: ['test/integration/running-pipeline.ts'],
          setupFiles: ['test/integration/signed-in.ts'],
          fileParallelism: false,
          expect: patient,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
