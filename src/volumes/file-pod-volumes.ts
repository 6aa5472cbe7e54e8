import {
  assertNever,
  type Clock,
  Limiter,
  type Logger,
  messageOf,
  systemClock,
  TinyletError,
} from '../base/index.ts';
import type { PodUid } from '../pod/index.ts';
import { setUpClaim } from './claim.ts';
import { makeTerminationLog, readTerminationLog, writeEtcHosts } from './container-files.ts';
import { setUpEmptyDir } from './empty-dir.ts';
import { readVolumeFile } from './env-file.ts';
import { setUpFiles } from './files-volume.ts';
import { checkHostPath } from './host-path.ts';
import { type Machine, makeDirectory, openMachine } from './machine.ts';
import { podDirectory } from './pod-directory.ts';
import type { PodVolumes } from './pod-volumes.ts';
import { setUpFailed } from './set-up-failed.ts';
import { bindSubPaths } from './sub-path.ts';
import { tearDownOthers, tearDownPod } from './tear-down.ts';
import { emptyDirUsage } from './usage.ts';
import type { ContainerFiles, VolumeSetup } from './volume-setup.ts';

export interface FilePodVolumesOptions {
  /** As the runtime sees it; absolute. */
  readonly rootDir: string;
  readonly logger: Logger;
  /** `/proc/<pid>/root` of a process in the runtime's mount namespace, where that is not this process' own. */
  readonly runtimeRoot?: string;
  readonly clock?: Clock;
}

/** The volumes of pods as real directories and mounts. Needs mount(8), umount(8), rm(1) and du(1), GNU's and util-linux'. */
export function filePodVolumes({ clock = systemClock, ...where }: FilePodVolumesOptions): PodVolumes {
  const measuring = new Limiter(1);
  let opened: Promise<Machine> | undefined;
  const machine = (): Promise<Machine> => {
    opened ??= openMachine({ ...where, clock }).catch((error) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return {
    setUp: (uid, { setups }) =>
      failingAs('cannot set up volumes', 'VOLUME_SETUP', async () => setUpAll(await machine(), uid, setups)),
    prepareContainer: (uid, files) =>
      failingAs(`cannot prepare container "${files.container}"`, 'VOLUME_SETUP', async () =>
        prepareFiles(await machine(), uid, files),
      ),
    tearDown: (uid) =>
      failingAs('cannot tear down volumes', 'VOLUME_TEARDOWN', async () => tearDownPod(await machine(), uid)),
    usage: (uid, volumes) =>
      measuring.run(() =>
        failingAs('cannot measure volumes', 'VOLUME_SETUP', async () =>
          emptyDirUsage(await machine(), uid, volumes),
        ),
      ),
    readEnvFile: (uid, file) =>
      failingAs(`cannot read ${file.path} of volume "${file.volume}"`, 'VOLUME_SETUP', async () =>
        readVolumeFile(await machine(), uid, file),
      ),
    terminationMessage: (uid, instance) =>
      failingAs(`cannot read the last words of "${instance.container}"`, 'VOLUME_SETUP', async () =>
        readTerminationLog(await machine(), uid, instance),
      ),
  };
}

async function setUpAll(machine: Machine, uid: PodUid, setups: readonly VolumeSetup[]): Promise<void> {
  await makeDirectory(machine, podDirectory(machine.rootDir, uid), { mode: 0o700, above: 0o700 });
  await tearDownOthers(machine, uid, setups);
  for (const setup of setups) {
    await setUpOne(machine, uid, setup).catch((cause) => {
      throw new TinyletError('VOLUME_SETUP', setUpFailed(setup.volume, messageOf(cause)), { cause });
    });
  }
}

function setUpOne(machine: Machine, uid: PodUid, setup: VolumeSetup): Promise<void> {
  switch (setup.kind) {
    case 'empty-dir':
      return setUpEmptyDir(machine, uid, setup);
    case 'files':
      return setUpFiles(machine, uid, setup);
    case 'claim':
      return setUpClaim(machine, uid, setup);
    case 'host-path':
      return checkHostPath(machine, setup);
    default:
      return assertNever(setup);
  }
}

async function prepareFiles(machine: Machine, uid: PodUid, files: ContainerFiles): Promise<void> {
  await makeDirectory(machine, podDirectory(machine.rootDir, uid), { mode: 0o700, above: 0o700 });
  await bindSubPaths(machine, uid, files);
  if (files.etcHosts !== undefined) await writeEtcHosts(machine, uid, files.etcHosts);
  if (files.terminationLog) await makeTerminationLog(machine, uid, files);
}

/** One code for whatever goes wrong; what has one already is for the user as it stands. */
async function failingAs<T>(
  what: string,
  code: 'VOLUME_SETUP' | 'VOLUME_TEARDOWN',
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof TinyletError) throw cause;
    throw new TinyletError(code, `${what}: ${messageOf(cause)}`, { cause });
  }
}
