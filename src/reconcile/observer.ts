import { hasCode } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import type { PodLogs } from '../logs/index.ts';
import type {
  ContainerDetails,
  ContainerId,
  ObservedContainer,
  PodObservation,
  SandboxDetails,
  SandboxId,
} from '../pod/index.ts';
import type { SnapshotPart } from './snapshot.ts';

interface KnownDetails {
  readonly state: ObservedContainer['state'];
  readonly details: ContainerDetails;
}

/**
 * One pod's eyes: joins its part of a snapshot with the details that only status calls give. They are asked for once for each
 * state a thing is seen in, so a converged pod costs no call.
 */
export class PodObserver {
  readonly #cri: Pick<Cri, 'containerStatus' | 'sandboxStatus'>;
  readonly #logs: Pick<PodLogs, 'nextAttempt'>;
  readonly #containers = new Map<ContainerId, KnownDetails>();
  readonly #sandboxes = new Map<SandboxId, SandboxDetails>();

  constructor(cri: Pick<Cri, 'containerStatus' | 'sandboxStatus'>, logs: Pick<PodLogs, 'nextAttempt'>) {
    this.#cri = cri;
    this.#logs = logs;
  }

  /** Rejects when the runtime does. Something that vanished since the snapshot has no details. */
  async observe(
    part: SnapshotPart,
    wanted: { containers: readonly string[]; logDirectory: string },
  ): Promise<PodObservation> {
    await this.#refresh(part);
    return {
      sandboxes: part.sandboxes,
      containers: part.containers,
      containerDetails: new Map([...this.#containers].map(([id, { details }]) => [id, details])),
      sandboxDetails: new Map(this.#sandboxes),
      nextAttempts: await this.#countAttempts(part, wanted),
    };
  }

  async #refresh({ sandboxes, containers }: SnapshotPart): Promise<void> {
    forgetAllBut(this.#containers, containers);
    forgetAllBut(this.#sandboxes, sandboxes);
    const unseen = containers.filter(
      ({ id, state }) => isTold(state) && this.#containers.get(id)?.state !== state,
    );
    const [newest] = sandboxes;
    const needsAddress = newest?.state === 'ready' && !this.#sandboxes.has(newest.id);
    await Promise.all([
      ...unseen.map((container) => this.#lookAt(container)),
      needsAddress && this.#lookAtSandbox(newest.id),
    ]);
  }

  async #lookAt({ id, state }: ObservedContainer): Promise<void> {
    const details = await unlessGone(this.#cri.containerStatus(id));
    if (details !== undefined) this.#containers.set(id, { state, details });
  }

  async #lookAtSandbox(id: SandboxId): Promise<void> {
    const details = await unlessGone(this.#cri.sandboxStatus(id));
    if (details !== undefined) this.#sandboxes.set(id, details);
  }

  async #countAttempts(
    { containers }: SnapshotPart,
    wanted: { containers: readonly string[]; logDirectory: string },
  ): Promise<ReadonlyMap<string, number>> {
    const present = new Set(containers.map(({ name }) => name));
    const missing = wanted.containers.filter((name) => !present.has(name));
    const counted = missing.map(
      async (container) =>
        [container, await this.#logs.nextAttempt({ directory: wanted.logDirectory, container })] as const,
    );
    return new Map(await Promise.all(counted));
  }
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
