import { defineConfig } from 'vitest/config';

/** Suites are folders: `vitest run unit property` runs two of them. Long suites set their own time-outs. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
