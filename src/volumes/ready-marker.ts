import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf, writeFileAtomic } from '../base/index.ts';
import { type Machine, makeDirectory } from './machine.ts';

/**
 * What a volume was made as, written once it is complete. A file that was lost, or that is not understood, costs the work that is
 * done once, never content.
 */
export async function readMarker(
  { place }: Machine,
  path: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  let text: string;
  try {
    text = await readFile(place.reach(path), 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

export async function writeMarker(
  machine: Machine,
  path: string,
  made: Readonly<Record<string, unknown>>,
): Promise<void> {
  await makeDirectory(machine, dirname(path), { mode: 0o750 });
  await writeFileAtomic(machine.place.reach(path), JSON.stringify(made), { durable: 'after' });
}
