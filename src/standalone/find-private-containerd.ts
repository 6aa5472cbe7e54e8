import { realpath } from 'node:fs/promises';
import { layoutOf } from './layout.ts';
import { findRunning, readRecord } from './record.ts';

/** The socket of the private containerd that runs, or last ran, on this root directory; undefined where none ever did. */
export async function findPrivateContainerd(rootDir: string): Promise<string | undefined> {
  const real = await realpath(rootDir).catch(() => undefined);
  if (real === undefined) return undefined;
  const layout = layoutOf(real);
  return ((await findRunning(layout)) ?? (await readRecord(layout)))?.socket;
}
