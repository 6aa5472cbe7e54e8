import type { ManifestMessage, ManifestSnapshot } from '../manifest/index.ts';
import { type Pod, type PodKey, podKey } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';

/** A pod as a file that was read defines it. */
export interface Claim {
  readonly key: PodKey;
  readonly pod: Pod;
  readonly file: string;
  readonly line: number;
}

export type Claims = [Claim, ...Claim[]];

export function claimsByKey(manifests: ManifestSnapshot): Map<PodKey, Claims> {
  const byKey = new Map<PodKey, Claims>();
  for (const directory of manifests.directories) {
    if (directory.state !== 'read') continue;
    for (const file of directory.files) {
      if (file.state !== 'accepted') continue;
      for (const object of file.objects) {
        if (object.kind !== 'Pod') continue;
        const { pod, file: path, line } = object;
        const claim: Claim = { key: podKey(pod.metadata), pod, file: path, line };
        const others = byKey.get(claim.key);
        if (others === undefined) byKey.set(claim.key, [claim]);
        else others.push(claim);
      }
    }
  }
  return byKey;
}

/** Of several files that define one pod the recorded one stays, else the first in path order. */
export function chooseClaim(
  claims: Claims,
  record: PodRecord | undefined,
  { dark, refused }: { dark: (file: string) => boolean; refused: ManifestMessage[] },
): Claim | undefined {
  const [first] = [...claims].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
  const recorded = record && claims.find((claim) => claim.file === record.file);
  const keptByRecord = record !== undefined && recorded === undefined && dark(record.file);
  const winner = keptByRecord ? undefined : (recorded ?? first);
  const holder = keptByRecord
    ? `${record.file} (which cannot be used now; its last good version runs)`
    : winner?.file;
  for (const claim of claims) {
    if (claim !== winner) refused.push(refusal(claim, `pod "${claim.key}" is already defined by ${holder}`));
  }
  return winner;
}

/** Why a pod is not taken as its file has it. */
export function refusal(claim: Claim, message: string): ManifestMessage {
  return { file: claim.file, line: claim.line, column: 1, path: 'metadata.name', message };
}
