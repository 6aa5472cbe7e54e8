import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const project = new URL('../../../', import.meta.url);

test('the generated table is up to date', () => {
  const fresh = execFileSync(process.execPath, ['scripts/generate-podspec-fields.mjs', '--stdout'], {
    cwd: project,
  });
  expect(readFileSync(new URL('src/manifest/podspec-fields.generated.ts', project), 'utf8')).toBe(
    fresh.toString(),
  );
});
