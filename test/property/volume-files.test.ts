import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { VolumeFile } from '../../src/volumes/index.ts';
import { writeFilesAtOnce } from '../../src/volumes/write-files-at-once.ts';

const root = mkdtempSync(join(tmpdir(), 'tinylet-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Few names, so that files take the places of directories and the other way round. */
const path = fc
  .array(fc.constantFrom('a', 'b', '__proto__', '.hidden', 'ü'), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'));
const content = fc.uint8Array({ maxLength: 20 });
const mode = fc.integer({ min: 0, max: 0o777 });

/** A set of files in which none is a directory of another. */
const version = fc
  .uniqueArray(fc.record({ path, content, mode }), { maxLength: 6, selector: (file) => file.path })
  .map((files) => files.filter(({ path }) => !files.some((other) => other.path.startsWith(`${path}/`))))
  .map((files) =>
    files.map(
      ({ path, content, mode }): VolumeFile => ({
        path,
        mode,
        base64: Buffer.from(content).toString('base64'),
      }),
    ),
  );

const group = fc.option(fc.constantFrom(7, 8), { nil: undefined });

// Only root may give files away.
test.skipIf(process.getuid?.() !== 0)(
  'whatever was shown before, a volume shows the last version and nothing else',
  async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ version, group }), { minLength: 1, maxLength: 4 }),
        async (steps) => {
          const directory = join(root, String(run++));
          mkdirSync(directory, { mode: 0o777 });
          for (const { version, group } of steps) {
            await writeFilesAtOnce(directory, version, { group, nowMs: 0 });
            expect(filesIn(directory)).toEqual(
              new Map(version.map((file) => [file.path, describe(file, group)])),
            );
            const before = lstatSync(join(directory, '..data')).ino;
            await writeFilesAtOnce(directory, version, { group, nowMs: 0 });
            expect(lstatSync(join(directory, '..data')).ino).toBe(before);
            expect(readdirSync(directory).filter((name) => name.startsWith('..'))).toHaveLength(2);
          }
        },
      ),
      { numRuns: 60 },
    );
  },
);

function describe(file: VolumeFile, group: number | undefined): string {
  const bits = group === undefined ? file.mode : file.mode | 0o440;
  return `${bits.toString(8)} ${group ?? 0} ${file.base64}`;
}

/** As a container sees it. */
function filesIn(directory: string, under = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(join(directory, under))) {
    const path = join(under, name);
    if (name.startsWith('..')) continue;
    expect(existsSync(join(directory, path)), path).toBe(true);
    const status = statSync(join(directory, path));
    if (status.isDirectory()) {
      for (const [inner, text] of filesIn(directory, path)) found.set(inner, text);
    } else {
      const base64 = readFileSync(join(directory, path)).toString('base64');
      found.set(path, `${(status.mode & 0o7777).toString(8)} ${status.gid} ${base64}`);
    }
  }
  return found;
}
