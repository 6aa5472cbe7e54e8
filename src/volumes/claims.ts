import { readdir, rename, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, messageOf, silentLogger, systemClock, TinyletError, unlessMissing } from '../base/index.ts';
import { type Machine, openMachine } from './machine.ts';
import { claimDirectory, claimsDirectory } from './pod-directory.ts';
import { removeTrees } from './remove-trees.ts';

export interface ClaimDirectory {
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
}

/** Of a claim whose deletion has begun; no name of an object begins with a dot. */
const LEAVING = '.deleting-';

/** The claims that have a directory, in order of namespace and name. */
export async function listClaims(rootDir: string): Promise<readonly ClaimDirectory[]> {
  const claims: ClaimDirectory[] = [];
  for (const namespace of await directoriesIn(claimsDirectory(rootDir))) {
    for (const name of await directoriesIn(join(claimsDirectory(rootDir), namespace))) {
      claims.push({ namespace, name, path: claimDirectory(rootDir, namespace, name) });
    }
  }
  return claims;
}

/**
 * Deletes what a claim holds; false where there is none. Only for an explicit command, while no pod uses it. One that was cut off
 * leaves a claim that is gone for pods; the next call for it clears up. Fails with VOLUME_TEARDOWN.
 */
export async function deleteClaim(rootDir: string, namespace: string, name: string): Promise<boolean> {
  for (const part of [namespace, name]) {
    if (!/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(part)) {
      throw new TinyletError('VOLUME_TEARDOWN', `invalid name of a claim: ${part}`);
    }
  }
  try {
    const machine = await openMachine({ rootDir, clock: systemClock, logger: silentLogger });
    return await deleteDirectory(machine, claimDirectory(machine.rootDir, namespace, name));
  } catch (cause) {
    const message = `cannot delete the claim ${namespace}/${name}: ${messageOf(cause)}`;
    throw new TinyletError('VOLUME_TEARDOWN', message, { cause });
  }
}

async function deleteDirectory(machine: Machine, directory: string): Promise<boolean> {
  const leaving = join(dirname(directory), `${LEAVING}${directory.slice(directory.lastIndexOf('/') + 1)}`);
  await removeTrees(machine, [leaving]);
  const found = await unlessMissing(stat(directory));
  if (found === undefined) return false;
  await rename(directory, leaving);
  await removeTrees(machine, [leaving]);
  // Others' claims keep the namespace's directory.
  await rmdir(dirname(directory)).catch(() => undefined);
  return true;
}

async function directoriesIn(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const directories = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    return directories.map(({ name }) => name).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
