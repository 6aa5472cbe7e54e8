import type { PodUid } from '../pod/index.ts';
import type { ContainerFiles, VolumesRequest } from './volume-setup.ts';

/**
 * The pods' directories under `<root-dir>/pods/<uid>`, and the claims'. Every call is idempotent. Failures are TinyletErrors with
 * the code VOLUME_SETUP (or VOLUME_TEARDOWN), whose message names the volume and is for the user; it never shows content.
 */
export interface PodVolumes {
  /** Makes what is listed as it should be, and tears down what is not listed any more. Nothing may run that uses the latter. */
  setUp(uid: PodUid, request: VolumesRequest): Promise<void>;
  /** Called before each create. */
  prepareContainer(uid: PodUid, files: ContainerFiles): Promise<void>;
  /** Unmounts and deletes all there is of the pod except its record. Claims stay. Called when nothing runs any more. */
  tearDown(uid: PodUid): Promise<void>;
  /** Bytes on disk used by each of the named emptyDirs that exists. */
  usage(uid: PodUid, volumes: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Text of a file in an emptyDir (env fileKeyRef); undefined where there is none. At most 64 KiB, else rejects. */
  readEnvFile(uid: PodUid, file: { volume: string; path: string }): Promise<string | undefined>;
  /** What an instance left as its last words; undefined where there is no such file, at most 4096 bytes. */
  terminationMessage(
    uid: PodUid,
    instance: { container: string; attempt: number },
  ): Promise<string | undefined>;
}
