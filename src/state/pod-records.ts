import { lstat, mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, type Logger, messageOf, TinyletError, writeFileAtomic } from '../base/index.ts';
import type { ContainerId, Pod, PodUid } from '../pod/index.ts';

/**
 * What the runtime cannot hold about one pod, written before the act it belongs to. Losing a record costs a repeat, never a
 * pod: the runtime's labels still say whose the sandbox is, and its annotations which file it came from.
 */
export interface PodRecord {
  readonly version: 1;
  readonly uid: PodUid;
  readonly namespace: string;
  readonly name: string;
  /** The manifest file that defines the pod. */
  readonly file: string;
  /** The last good version of the manifest. */
  readonly pod: Pod;
  /** When the pod was first seen. */
  readonly createdAtMs: number;
  /** When this spec of it was first seen, if that was later: labels and annotations are no beginning. */
  readonly changedAtMs?: number;
  /** Why this version of the pod was ended for good: it stays Failed until its spec is edited. */
  readonly ended?: PodEnd;
  /** First host id of its user namespace: a block that no other pod has. */
  readonly usersBase?: number;
  /** When its removal began. From then on the record only leads to the end. */
  readonly deletionStartedAtMs?: number;
  /** The grace period from then on, where whoever deleted it gave one; it can only become shorter. 0 leaves the shortest there is. */
  readonly deletionGraceSeconds?: number;
  /** Conditions that others have given the pod, which its readiness gates may name; none that are the kubelet's own. */
  readonly conditions?: readonly GivenCondition[];
  /** This version was Ready for a while without a break, or Succeeded. */
  readonly ready?: true;
  /** The last version that was, kept until this one is. */
  readonly previous?: Pod;
  /** A version that did not become Ready in time: the pod stays as it was until its manifest says something else again. */
  readonly rejected?: RejectedVersion;
  /** Every container is being ended, to begin anew in the same sandbox. */
  readonly restartingAll?: RestartingAll;
  /** Back-off steps of containers whose instances are gone, by name (RestartAllContainers removes them). */
  readonly steps?: Readonly<Record<string, number>>;
  /** What instances that run have behind them; those that are gone are not named. */
  readonly starts?: Readonly<Record<ContainerId, StartRecord>>;
  /** Stops that were begun on containers that may still be there: a container named here is to be replaced or removed. */
  readonly stops: Readonly<Record<ContainerId, StopRecord>>;
}

/** As core/v1 PodCondition has it. */
export interface GivenCondition {
  readonly type: string;
  readonly status: string;
  readonly lastProbeTime: string | null;
  readonly lastTransitionTime: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Reason and message as in PodStatus. */
export interface PodEnd {
  readonly reason: 'Evicted' | 'DeadlineExceeded' | 'Terminated';
  readonly message: string;
  readonly atMs: number;
}

export interface StopRecord {
  readonly startedAtMs: number;
  readonly graceSeconds: number;
  /** Why, where it was not for another version or a removal: then the restart policy decides what follows. */
  readonly cause?: 'startup' | 'liveness' | 'postStart' | 'unknown' | 'shutdown' | 'restartAll';
  /** A hook that was begun and not done is run once more by a daemon that comes back. */
  readonly preStop?: 'begun' | 'done';
  /** The stop signal was sent, or was about to be. */
  readonly signalled?: true;
  /** When that was. Records of earlier versions have none, nor has a stop that was given less time since. */
  readonly signalledAtMs?: number;
  /** Decided before the stop, as the kubelet does: when the next instance may be made, and its back-off step. */
  readonly restart?: { readonly atMs: number; readonly step: number };
}

export interface StartRecord {
  readonly postStart?: 'begun' | 'done' | 'failed';
  /** Its startup probe succeeded: a daemon that comes back need not ask again. */
  readonly started?: true;
}

export interface RejectedVersion {
  readonly pod: Pod;
  readonly atMs: number;
  readonly message: string;
}

export interface RestartingAll {
  readonly startedAtMs: number;
  /** The container whose exit asked for it; it goes last. */
  readonly container: string;
}

/** Keeps records; the only store of its kind. */
export interface PodRecords {
  load(): Promise<readonly PodRecord[]>;
  save(record: PodRecord): Promise<void>;
  remove(uid: PodUid): Promise<void>;
}

const RECORD_FILE = 'record.json';

/** Records as small files, `<root-dir>/pods/<uid>/record.json`. Errors of the disk are STATE_IO. */
export function filePodRecords(rootDir: string, logger: Logger): PodRecords {
  const pods = join(rootDir, 'pods');
  return {
    load: async () => {
      const records = await Promise.all((await list(pods)).map((uid) => read(pods, uid, logger)));
      return records.filter((record) => record !== undefined);
    },
    save: (record) =>
      wrap(`cannot record pod ${record.namespace}/${record.name}`, async () => {
        await mkdir(join(pods, record.uid), { recursive: true, mode: 0o700 });
        await writeFileAtomic(join(pods, record.uid, RECORD_FILE), JSON.stringify(record), {
          durable: 'after',
        });
      }),
    remove: (uid) =>
      wrap(`cannot remove the record of ${uid}`, async () => {
        await removeUnfinished(join(pods, uid));
        await checkEmpty(join(pods, uid));
        await rm(join(pods, uid, RECORD_FILE), { force: true });
        await rmdir(join(pods, uid)).catch(unlessGone);
      }),
  };
}

/** Whether there is a record of that pod. Where it cannot be told there may be one. */
export async function isOnRecord(rootDir: string, uid: PodUid): Promise<boolean> {
  return lstat(join(rootDir, 'pods', uid, RECORD_FILE)).then(
    () => true,
    (error) => errnoOf(error) !== 'ENOENT',
  );
}

/**
 * Clears directories that hold no record: a crash fell between their making and the record's, or into their removal. Only for who
 * holds the root directory. Anything else in them stays.
 */
export async function sweepPodRecords(rootDir: string): Promise<void> {
  const pods = join(rootDir, 'pods');
  for (const uid of await list(pods)) {
    const names = await readdir(join(pods, uid)).catch(() => [RECORD_FILE]);
    if (names.includes(RECORD_FILE)) continue;
    await removeUnfinished(join(pods, uid));
    await rmdir(join(pods, uid)).catch(() => undefined);
  }
}

/** What a crash left of a record that was being written. */
async function removeUnfinished(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const unfinished = names.filter((name) => name.startsWith(`.${RECORD_FILE}.`) && name.endsWith('.tmp'));
  for (const name of unfinished) await rm(join(directory, name), { force: true });
}

/** As long as something else is there the record stays, since only it leads there. */
async function checkEmpty(directory: string): Promise<void> {
  const others = (await readdir(directory).catch(() => [])).filter((name) => name !== RECORD_FILE);
  if (others.length > 0) throw new Error(`there is still ${others.join(', ')} in ${directory}`);
}

function unlessGone(error: unknown): void {
  if (errnoOf(error) !== 'ENOENT') throw error;
}

async function list(pods: string): Promise<string[]> {
  try {
    return await readdir(pods);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw new TinyletError('STATE_IO', `cannot list ${pods}: ${messageOf(error)}`, { cause: error });
  }
}

/** A record that cannot be understood counts as lost. */
async function read(pods: string, uid: string, logger: Logger): Promise<PodRecord | undefined> {
  const path = join(pods, uid, RECORD_FILE);
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isPodRecord(value) && value.uid === uid) return value;
    logger.warn({ file: path }, 'pod record is not of this version: ignored');
  } catch (err) {
    if (errnoOf(err) !== 'ENOENT') logger.warn({ file: path, err }, 'pod record cannot be read: ignored');
  }
  return undefined;
}

function isPodRecord(value: unknown): value is PodRecord {
  if (!isObject(value) || value.version !== 1 || !isObject(value.stops) || !isObject(value.pod)) return false;
  const texts = [value.uid, value.namespace, value.name, value.file];
  return (
    texts.every((text) => typeof text === 'string') &&
    typeof value.createdAtMs === 'number' &&
    isObject(value.pod.metadata) &&
    isObject(value.pod.spec) &&
    Array.isArray(value.pod.spec.containers)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

async function wrap(message: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    throw new TinyletError('STATE_IO', `${message}: ${messageOf(cause)}`, { cause });
  }
}
