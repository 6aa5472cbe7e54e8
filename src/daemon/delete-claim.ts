import { TinyletError } from '../base/index.ts';
import { podKey, referencesOf } from '../pod/index.ts';
import { filePodRecords } from '../state/index.ts';
import { deleteClaim, listClaims } from '../volumes/index.ts';
import type { NodePorts } from './options.ts';

export interface ClaimName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Deletes what a claim holds. Needs no daemon and does not mind one: pods that use the claim are on record before they have it.
 * Rejects with CLAIM while a pod uses it, or where there is no such claim.
 */
export async function removeClaim(
  rootDir: string,
  claim: ClaimName,
  ports: Pick<NodePorts, 'logger'>,
): Promise<void> {
  const { namespace, name } = claim;
  const records = await filePodRecords(rootDir, ports.logger).load();
  const users = records
    .filter((record) => record.namespace === namespace && referencesOf(record.pod).claims.has(name))
    .map((record) => `pod "${podKey(record)}"`);
  if (users.length > 0) {
    throw new TinyletError(
      'CLAIM',
      `persistentvolumeclaim "${namespace}/${name}" is used by ${users.join(', ')}: remove that first`,
      { facts: { users } },
    );
  }
  if (await deleteClaim(rootDir, namespace, name)) return;
  const known = (await listClaims(rootDir)).map((each) => `${each.namespace}/${each.name}`);
  const hint = known.length === 0 ? 'nothing is kept for any claim' : `there is ${known.join(', ')}`;
  throw new TinyletError('CLAIM', `persistentvolumeclaim "${namespace}/${name}" not found: ${hint}`);
}
