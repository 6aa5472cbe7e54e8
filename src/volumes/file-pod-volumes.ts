import type { Clock, Logger } from '../base/index.ts';
import type { PodVolumes } from './pod-volumes.ts';

export interface FilePodVolumesOptions {
  /** As the runtime sees it. */
  readonly rootDir: string;
  readonly logger: Logger;
  /** `/proc/<pid>/root` of a process in the runtime's mount namespace, where that is not this process' own. */
  readonly runtimeRoot?: string;
  readonly clock?: Clock;
}

/** The volumes of pods as real directories and mounts. */
export function filePodVolumes(options: FilePodVolumesOptions): PodVolumes {
  const notYet = async (): Promise<never> => {
    throw new Error(`not written yet: ${options.rootDir}`);
  };
  return {
    setUp: notYet,
    prepareContainer: notYet,
    tearDown: notYet,
    usage: notYet,
    readEnvFile: notYet,
    terminationMessage: notYet,
  };
}
