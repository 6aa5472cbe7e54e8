import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

export interface HelperDirectory {
  readonly path: string;
  /** Writes `docker-credential-<name>`, a shell script, into PATH. */
  add(name: string, script: string): Promise<void>;
}

/** A directory first in PATH, fresh for each test of a file. */
export function freshHelpers(): HelperDirectory {
  const before = process.env.PATH;
  const helpers = {
    path: '',
    async add(name: string, script: string) {
      const path = join(helpers.path, `docker-credential-${name}`);
      await writeFile(path, `#!/bin/sh\n${script}\n`);
      await chmod(path, 0o755);
    },
  };
  beforeEach(async () => {
    helpers.path = await mkdtemp(join(tmpdir(), 'tinylet-helpers-'));
    process.env.PATH = `${helpers.path}:${before}`;
  });
  afterEach(async () => {
    process.env.PATH = before;
    await rm(helpers.path, { recursive: true, force: true });
  });
  return helpers;
}
