import { type Clock, hasCode, sleep } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import type { PodLogs } from '../logs/index.ts';
import type {
  ContainerDetails,
  ContainerId,
  ObservedContainer,
  PodObservation,
  PodUid,
  SandboxDetails,
  SandboxId,
} from '../pod/index.ts';
import type { EnvFile } from '../podspec/index.ts';
import type { PodVolumes } from '../volumes/index.ts';
import { lastWords } from './last-words.ts';
import type { SnapshotPart } from './snapshot.ts';

interface KnownDetails {
  readonly state: ObservedContainer['state'];
  readonly details: ContainerDetails;
  /** Until when, by the monotonic clock, the runtime may still think better of them. */
  readonly openUntilMs?: number;
}

export interface ObserverPorts {
  readonly cri: Pick<Cri, 'containerStatus' | 'sandboxStatus'>;
  readonly logs: Pick<PodLogs, 'nextAttempt' | 'tail'>;
  readonly volumes: Pick<PodVolumes, 'readEnvFile' | 'terminationMessage' | 'usage'>;
  readonly clock: Clock;
  /** Takes out of what the runtime says what nobody is to read. */
  readonly hide?: (text: string) => string;
}

/** What of a pod's manifest decides what is looked at. */
export interface WantedView {
  readonly containers: readonly string[];
  readonly logDirectory: string;
  readonly envFiles: readonly EnvFile[];
  /** EmptyDirs on disk that have a limit. */
  readonly limited: readonly string[];
}

export const nothingWanted: WantedView = { containers: [], logDirectory: '', envFiles: [], limited: [] };

/** SIGKILL, which is also how the kernel ends what has used too much memory. */
const KILLED = 137;
/** The kernel's word that it was for memory may reach the runtime after the exit: for that long it is asked again. */
const OOM_WORD_MS = 5_000;
/** How often volumes are measured (kubelet: the eviction monitor's period). */
const MEASURE_EVERY_MS = 10_000;
/** How long a pass waits for that. A walk of millions of files goes on beside it, and counts when it is done. */
const MEASURE_PATIENCE_MS = 500;

/**
 * One pod's eyes: joins its part of a snapshot with the details that only status calls and files give. A thing is asked for once for
 * each state it is seen in, so a converged pod costs no call.
 */
export class PodObserver {
  readonly #uid: PodUid;
  readonly #ports: ObserverPorts;
  readonly #containers = new Map<ContainerId, KnownDetails>();
  readonly #sandboxes = new Map<SandboxId, SandboxDetails>();
  #measuring: Promise<unknown> | undefined;
  #usage: { readonly atMs: number; readonly bytes: ReadonlyMap<string, number> } | undefined;
  #last: { readonly wanted: WantedView; readonly observation: PodObservation } | undefined;

  constructor(uid: PodUid, ports: ObserverPorts) {
    this.#uid = uid;
    this.#ports = ports;
  }

  /**
   * Rejects when the runtime does. Something that vanished since the snapshot has no details. The same value as the last time where nothing
   * has changed, so that what follows from it need not be worked out again.
   */
  async observe(part: SnapshotPart, wanted: WantedView): Promise<PodObservation> {
    if (this.#last?.wanted === wanted && this.#isAsLast(part, wanted, this.#last.observation))
      return this.#last.observation;
    const observation = await this.#look(part, wanted);
    this.#last = { wanted, observation };
    return observation;
  }

  /** Ids are never used twice, and only the state of what bears one changes. */
  #isAsLast(part: SnapshotPart, wanted: WantedView, last: PodObservation): boolean {
    const { containers, containerDetails, nextAttempts } = last;
    return (
      wanted.envFiles.length === 0 &&
      wanted.limited.length === 0 &&
      nextAttempts.size === 0 &&
      isSameList(part.sandboxes, last.sandboxes) &&
      isSameList(part.containers, containers) &&
      containers.every(({ id, state }) => !isTold(state) || containerDetails.has(id)) &&
      containers.every(({ id }) => this.#containers.get(id)?.openUntilMs === undefined) &&
      (last.sandboxes[0]?.state !== 'ready' || last.sandboxDetails.has(last.sandboxes[0].id))
    );
  }

  async #look(part: SnapshotPart, wanted: WantedView): Promise<PodObservation> {
    await this.#refresh(part);
    return {
      sandboxes: part.sandboxes,
      containers: part.containers,
      containerDetails: new Map([...this.#containers].map(([id, { details }]) => [id, details])),
      sandboxDetails: new Map(this.#sandboxes),
      nextAttempts: await this.#countAttempts(part, wanted),
      envFiles: await this.#readEnvFiles(wanted),
      volumeUsage: await this.#measure(wanted),
    };
  }

  async #readEnvFiles({ envFiles }: WantedView): Promise<ReadonlyMap<string, string | undefined>> {
    const read = envFiles.map(async ({ volume, path }) => {
      const text = await this.#ports.volumes.readEnvFile(this.#uid, { volume, path }).catch(() => undefined);
      return [`${volume}/${path}`, text] as const;
    });
    return new Map(await Promise.all(read));
  }

  /** Walking a directory is dear: what was measured counts for a while. */
  async #measure({ limited }: WantedView): Promise<ReadonlyMap<string, number>> {
    if (limited.length === 0) {
      this.#usage = undefined;
      this.#measuring = undefined;
      return new Map();
    }
    const nowMs = this.#ports.clock.monotonicMs();
    const isOld = this.#usage === undefined || nowMs - this.#usage.atMs >= MEASURE_EVERY_MS;
    if (isOld && this.#measuring === undefined) await this.#beginMeasure(limited);
    return this.#usage?.bytes ?? new Map();
  }

  /** Resolves when it is done, or takes too long to be waited for. */
  async #beginMeasure(limited: readonly string[]): Promise<void> {
    const { clock, volumes } = this.#ports;
    const waiting = new AbortController();
    const measuring = volumes.usage(this.#uid, limited).catch(() => new Map<string, number>());
    this.#measuring = measuring;
    void measuring.then((bytes) => {
      waiting.abort();
      // What was measured of volumes that ended meanwhile says nothing of those that followed.
      if (this.#measuring !== measuring) return;
      this.#measuring = undefined;
      this.#usage = { atMs: clock.monotonicMs(), bytes };
    });
    await sleep(clock, MEASURE_PATIENCE_MS, waiting.signal);
  }

  async #refresh({ sandboxes, containers }: SnapshotPart): Promise<void> {
    forgetAllBut(this.#containers, containers);
    forgetAllBut(this.#sandboxes, sandboxes);
    const unseen = containers.filter(
      ({ id, state }) => isTold(state) && !isFinal(this.#containers.get(id), state),
    );
    const [newest] = sandboxes;
    const needsAddress = newest?.state === 'ready' && !this.#sandboxes.has(newest.id);
    await Promise.all([
      ...unseen.map((container) => this.#lookAt(container)),
      needsAddress && this.#lookAtSandbox(newest.id),
    ]);
  }

  async #lookAt(container: ObservedContainer): Promise<void> {
    const { id, state } = container;
    const details = await unlessGone(this.#ports.cri.containerStatus(id));
    if (details === undefined) return;
    const words =
      state === 'exited' ? await lastWords(this.#uid, container, details, this.#ports) : undefined;
    const { hide = (text) => text, clock } = this.#ports;
    const openUntilMs = openUntil(this.#containers.get(id), state, details, clock.monotonicMs());
    this.#containers.set(id, {
      state,
      ...(openUntilMs !== undefined && { openUntilMs }),
      details: {
        ...details,
        message: hide(details.message),
        ...(words !== undefined && { terminationMessage: words }),
      },
    });
  }

  async #lookAtSandbox(id: SandboxId): Promise<void> {
    const details = await unlessGone(this.#ports.cri.sandboxStatus(id));
    if (details !== undefined) this.#sandboxes.set(id, details);
  }

  async #countAttempts(
    { containers }: SnapshotPart,
    wanted: WantedView,
  ): Promise<ReadonlyMap<string, number>> {
    const present = new Set(containers.map(({ name }) => name));
    const missing = wanted.containers.filter((name) => !present.has(name));
    const counted = missing.map(
      async (container) =>
        [
          container,
          await this.#ports.logs.nextAttempt({ directory: wanted.logDirectory, container }),
        ] as const,
    );
    return new Map(await Promise.all(counted));
  }
}

interface Listed {
  readonly id: string;
  readonly state: string;
}

function isSameList(now: readonly Listed[], before: readonly Listed[]): boolean {
  return (
    now.length === before.length &&
    now.every(({ id, state }, index) => id === before[index]?.id && state === before[index]?.state)
  );
}

/** Ids never change, and what was told of a state holds unless it was left open. */
function isFinal(known: KnownDetails | undefined, state: ObservedContainer['state']): boolean {
  return known?.state === state && known.openUntilMs === undefined;
}

/** By the monotonic clock; undefined where the runtime has said all that it will. */
function openUntil(
  known: KnownDetails | undefined,
  state: ObservedContainer['state'],
  { exitCode, reason }: ContainerDetails,
  nowMs: number,
): number | undefined {
  if (state !== 'exited' || exitCode !== KILLED || reason === 'OOMKilled') return undefined;
  const untilMs = known?.state === state ? known.openUntilMs : nowMs + OOM_WORD_MS;
  return untilMs !== undefined && nowMs < untilMs ? untilMs : undefined;
}

/** Times and exit codes mean something once a container has run. */
function isTold(state: ObservedContainer['state']): boolean {
  return state === 'running' || state === 'exited';
}

function forgetAllBut<K>(known: Map<K, unknown>, present: readonly { readonly id: K }[]): void {
  const ids = new Set(present.map(({ id }) => id));
  for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
}

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'CRI_NOT_FOUND')) return undefined;
    throw error;
  }
}
