import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, type Random, TinyletError, writeFileAtomic } from '../base/index.ts';
import { asOwnerId, type OwnerId } from '../pod/index.ts';

/** Whose sandboxes a daemon may change: those it made itself, and those of the tinylets it took over (`--adopt`). */
export interface Ownership {
  readonly id: OwnerId;
  readonly adopted: readonly OwnerId[];
}

const OWNER_FILE = 'owner.json';

/** The ownership recorded in the root directory; undefined where none was yet. Throws STATE_IO when it cannot be read. */
export async function readOwnership(rootDir: string): Promise<Ownership | undefined> {
  const path = join(rootDir, OWNER_FILE);
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    // Guessing a new id would orphan every running pod: better not to start.
    throw new TinyletError('STATE_IO', `cannot read ${path}; it names the owner of the running pods`, {
      cause,
    });
  }
}

/** The recorded ownership, or a new one with a random id, recorded before it is returned. */
export async function ensureOwnership(rootDir: string, random: Random): Promise<Ownership> {
  const recorded = await readOwnership(rootDir);
  if (recorded !== undefined) return recorded;
  const created: Ownership = { id: asOwnerId(random.uuid()), adopted: [] };
  await writeOwnership(rootDir, created);
  return created;
}

export async function writeOwnership(rootDir: string, ownership: Ownership): Promise<void> {
  await writeFileAtomic(join(rootDir, OWNER_FILE), `${JSON.stringify(ownership)}\n`);
}

function parse(text: string): Ownership {
  const value: unknown = JSON.parse(text);
  if (
    typeof value !== 'object' ||
    value === null ||
    !('id' in value) ||
    typeof value.id !== 'string' ||
    value.id === ''
  ) {
    throw new Error('no owner id in it');
  }
  const adopted = 'adopted' in value && Array.isArray(value.adopted) ? value.adopted : [];
  return { id: asOwnerId(value.id), adopted: adopted.filter((id) => typeof id === 'string').map(asOwnerId) };
}
