import { execFile } from 'node:child_process';
import { mkdir, open, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Change {
  readonly from: string;
  readonly to: string;
}

/** Changes one word of a file in the manner of a program. */
type Save = (file: string, change: Change) => Promise<void>;

/** The ways in which files are changed, each leaving what it leaves. */
export const saveLike: Readonly<Record<'sed' | 'cp' | 'rename' | 'vim' | 'nano', Save>> = {
  sed: async (file, { from, to }) => {
    await run('sed', ['-i', `s/${from}/${to}/`, file]);
  },
  /** Truncates the file and writes into it. */
  cp: async (file, change) => {
    const elsewhere = `${dirname(file)}.copy`;
    await writeFile(elsewhere, await changed(file, change));
    await run('cp', [elsewhere, file]);
    await rm(elsewhere);
  },
  rename: async (file, change) => {
    const fresh = join(dirname(file), `.tmp-${basename(file)}`);
    await writeFile(fresh, await changed(file, change));
    await rename(fresh, file);
  },
  /** A swap file while it edits, a probe whether it may write here, and the old file kept until the new one is whole. */
  vim: async (file, change) => {
    const text = await changed(file, change);
    const [swap, probe, backup] = [
      join(dirname(file), `.${basename(file)}.swp`),
      join(dirname(file), '4913'),
      `${file}~`,
    ];
    await writeFile(swap, 'b0VIM');
    await writeFile(probe, '');
    await rm(probe);
    await rename(file, backup);
    const written = await open(file, 'w', 0o644);
    await written.writeFile(text);
    await written.sync();
    await written.close();
    await rm(backup);
    await rm(swap);
  },
  /** A lock file, then in place. */
  nano: async (file, change) => {
    const lock = join(dirname(file), `.${basename(file)}.swp`);
    await writeFile(lock, 'b0nano');
    const text = await changed(file, change);
    const written = await open(file, 'r+');
    await written.truncate(0);
    await written.writeFile(text);
    await written.close();
    await rm(lock);
  },
};

/** Publishes files as a mounted ConfigMap does: names link through `..data` to a directory that is swapped as one. */
export async function swapData(
  directory: string,
  version: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const target = `..${version}`;
  await mkdir(join(directory, target));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(directory, target, name), text);
    await symlink(join('..data', name), join(directory, name)).catch(() => undefined);
  }
  await symlink(target, join(directory, '..new'));
  await rename(join(directory, '..new'), join(directory, '..data'));
}

async function changed(file: string, { from, to }: Change): Promise<string> {
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not say ${from}`);
  return text.replace(from, to);
}
