import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** A fresh root directory for each test of a file. */
export function freshRootDir(): { readonly path: string } {
  const fresh = { path: '' };
  beforeEach(async () => {
    fresh.path = await mkdtemp(join(tmpdir(), 'tinylet-state-'));
  });
  afterEach(async () => {
    await rm(fresh.path, { recursive: true, force: true });
  });
  return fresh;
}
