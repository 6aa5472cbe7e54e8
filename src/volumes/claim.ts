import { dirname } from 'node:path';
import type { PodUid } from '../pod/index.ts';
import { type Machine, makeDirectory } from './machine.ts';
import { mustAnswer } from './must-answer.ts';
import { claimDirectory, claimsDirectory, readyMarker } from './pod-directory.ts';
import { readMarker, writeMarker } from './ready-marker.ts';
import { resolvePath } from './resolve-path.ts';
import { setGroup } from './set-group.ts';
import type { ClaimSetup } from './volume-setup.ts';

/** Everyone may write to a claim, as local provisioners make them; who may reach it is up to the pods that mount it. */
const MODE = 0o777;
/** Nobody of this machine gets through to what everyone may write to; whoever has it mounted needs none of what is above it. */
const ABOVE = 0o700;

/** The directory of a claim, made once for all pods; its group is set once for each pod that asks for one (kubelet: local volumes). */
export async function setUpClaim(machine: Machine, uid: PodUid, setup: ClaimSetup): Promise<void> {
  const { rootDir, place } = machine;
  const { namespace, claim, fsGroup, fsGroupChangePolicy } = setup;
  const directory = claimDirectory(rootDir, namespace, claim);
  await makeDirectory(machine, claimsDirectory(rootDir), { mode: ABOVE });
  await makeDirectory(machine, dirname(directory), { mode: ABOVE });
  await makeDirectory(machine, directory, { mode: MODE });
  if (fsGroup === undefined) return;
  const marker = readyMarker(rootDir, uid, { plugin: 'claim', name: setup.volume });
  const wanted = { namespace, claim, fsGroup };
  if (JSON.stringify(await readMarker(machine, marker)) === JSON.stringify(wanted)) return;
  // It may be a link to where the machine has room.
  await mustAnswer(machine, directory);
  const { path } = await resolvePath(place, directory);
  await setGroup(place.reach(path), fsGroup, fsGroupChangePolicy);
  await writeMarker(machine, marker, wanted);
}
