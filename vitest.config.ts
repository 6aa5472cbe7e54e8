import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that mostly wait, the longest first: begun last they would be waited for alone. */
const LONG = [
  'e2e/housekeeping',
  'sim/',
  'e2e/image-gc',
  'e2e/runs',
  'e2e/cli-streams',
  'e2e/logs',
  'e2e/config',
  'contract/',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((part) => moduleId.includes(`/test/${part}`));
      return at === -1 ? LONG.length : at;
    };
    const sorted = await super.sort(files);
    return sorted
      .map((file) => ({ file, at: rank(file) }))
      .sort((a, b) => a.at - b.at)
      .map(({ file }) => file);
  }
}

/** Suites are folders: `vitest run unit property` runs two of them. Long suites set their own time-outs. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    // On a busy machine, with others beside it: how fast things are is measured elsewhere.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/support/failures-last.ts'],
    expect: { poll: { timeout: 30_000 } },
    sequence: { sequencer: LongestFirst },
  },
});
