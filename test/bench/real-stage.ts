import { join } from 'node:path';
import { systemClock } from '../../src/base/index.ts';
import { type Cri, connectCri } from '../../src/cri/index.ts';
import { type RealRuntime, startRealRuntime } from '../support/real-runtime.ts';
import type { BenchContext } from './bench.ts';
import { type DaemonProcess, startDaemon } from './daemon-process.ts';
import { ManifestDirectory } from './manifest-directory.ts';
import { RawPods } from './raw-pods.ts';

/** A real containerd with the images present, a directory of manifests, and a connection of our own for the raw calls. */
export interface RealStage {
  readonly runtime: RealRuntime;
  readonly cri: Cri;
  readonly raw: RawPods;
  readonly manifests: ManifestDirectory;
  /** The daemon ends with the bench at the latest. */
  startDaemon(flags?: readonly string[]): Promise<DaemonProcess>;
}

/** All of it is gone when the bench's cleanups have run, pods included. */
export async function setUpRealStage({ program, cleanups }: BenchContext): Promise<RealStage> {
  const runtime = await startRealRuntime({ name: 'bench' });
  cleanups.add(() => runtime.stop());
  const cri = connectCri({ endpoint: runtime.endpoint, clock: systemClock });
  cleanups.add(() => cri.close());
  cleanups.add(() => removePods(cri));
  const directory = join(runtime.rootDir, '..', 'daemon');
  const manifests = new ManifestDirectory(directory);
  const place = { program, endpoint: runtime.endpoint, directory, manifests: manifests.path, cleanups };
  return {
    runtime,
    cri,
    raw: await RawPods.on(cri, { logDir: runtime.logDir, image: runtime.httpImage }),
    manifests,
    startDaemon: (flags) => startDaemon(place, flags),
  };
}

async function removePods(cri: Cri): Promise<void> {
  for (const { id } of await cri.listSandboxes()) {
    await cri.stopSandbox(id);
    await cri.removeSandbox(id);
  }
}
