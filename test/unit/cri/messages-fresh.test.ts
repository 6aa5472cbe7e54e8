import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = new URL('../../../', import.meta.url);

test('messages.generated.ts is what the generator writes: after a change run node scripts/generate-cri-messages.mjs', () => {
  const script = fileURLToPath(new URL('scripts/generate-cri-messages.mjs', root));
  const fresh = execFileSync(process.execPath, [script, '--stdout'], { encoding: 'utf8' });
  expect(readFileSync(new URL('src/cri/messages.generated.ts', root), 'utf8')).toBe(fresh);
});
