import { type Clock, invariant, type Logger, messageOf } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import type { NodeProbe } from '../host/index.ts';
import type { Surroundings } from '../plan/index.ts';
import {
  type ObservedContainer,
  type OwnerId,
  type PodUid,
  podKey,
  type RuntimeFacts,
} from '../pod/index.ts';
import { emptySnapshot, type Snapshot, type SnapshotPart, takeSnapshot } from './snapshot.ts';

export interface NodeViewPorts {
  readonly cri: Cri;
  readonly node: NodeProbe;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The runtime and the machine, as they were at the last look. */
export class NodeView {
  readonly #ports: NodeViewPorts;
  readonly #owners: Set<OwnerId>;
  #runtime: RuntimeFacts | undefined;
  #surroundings: Surroundings | undefined;
  #last: Snapshot | undefined;
  #begun = 0;
  #problem: string | undefined;
  #turnedAtMs: number | undefined;

  constructor(ports: NodeViewPorts, owners: Iterable<OwnerId>) {
    this.#ports = ports;
    this.#owners = new Set(owners);
  }

  /** Counts the sandboxes of these owners as ours, too. */
  adopt(owners: readonly OwnerId[]): void {
    for (const owner of owners) this.#owners.add(owner);
  }

  /** How many snapshots were begun so far. */
  get begun(): number {
    return this.#begun;
  }

  /** What was last seen, also while the runtime does not answer; empty before the first look. */
  get last(): Snapshot {
    return this.#last ?? emptySnapshot;
  }

  /** Why the runtime did not answer at the last look. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** When the runtime last began or ceased to answer; undefined where it never has answered. */
  get turnedAtMs(): number | undefined {
    return this.#turnedAtMs;
  }

  /** Undefined before the first look at the runtime. */
  get known(): Surroundings | undefined {
    return this.#surroundings;
  }

  /** Passes begin after the first look at the runtime. */
  get surroundings(): Surroundings {
    invariant(this.#surroundings !== undefined, 'the surroundings are known before the first pass');
    return this.#surroundings;
  }

  /** The pod that a container or sandbox was seen to belong to. */
  podOf(id: string): PodUid | undefined {
    return [...this.last.pods].find(([, part]) => hasMember(part, id))?.[0];
  }

  /** A container of ours as it was last seen; undefined where it was not. */
  container(id: string): ObservedContainer | undefined {
    for (const { containers } of this.last.pods.values()) {
      const found = containers.find((container) => container.id === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Takes a new snapshot. Rejects when the runtime does not answer. */
  async look(): Promise<Snapshot> {
    this.#begun += 1;
    const { cri, node } = this.#ports;
    const [snapshot, facts, runtime] = await Promise.all([
      takeSnapshot(cri, this.#owners, this.#begun),
      node.facts(),
      // Asked again when it comes back: it may be another version.
      this.#runtime ?? cri.facts(),
    ]);
    this.#runtime = runtime;
    this.#surroundings = { node: facts, runtime };
    return snapshot;
  }

  /** Undefined while the runtime does not answer: nothing is known then, so nothing is done. Told once. */
  async tryLook(): Promise<Snapshot | undefined> {
    const answered = this.#surroundings !== undefined && this.#problem === undefined;
    const snapshot = await this.#lookOrTell();
    if (answered !== (snapshot !== undefined)) this.#turnedAtMs = this.#ports.clock.nowMs();
    return snapshot;
  }

  async #lookOrTell(): Promise<Snapshot | undefined> {
    try {
      const snapshot = await this.look();
      if (this.#problem !== undefined) this.#ports.logger.info({}, 'runtime answers again');
      this.#problem = undefined;
      this.#noteForeign(snapshot);
      this.#last = snapshot;
      return snapshot;
    } catch (error) {
      const problem = messageOf(error);
      if (this.#problem !== problem) this.#ports.logger.warn({ err: problem }, 'runtime does not answer');
      this.#problem = problem;
      this.#runtime = undefined;
      return undefined;
    }
  }

  /** Other tinylets' pods are told of once, when they are first seen. */
  #noteForeign({ foreign }: Snapshot): void {
    const told = new Set(this.last.foreign.map((sandbox) => podKey(sandbox)));
    const pods = new Set(foreign.map((sandbox) => podKey(sandbox)).filter((key) => !told.has(key)));
    if (pods.size > 0)
      this.#ports.logger.warn(
        { pods: [...pods].sort().join(', ') },
        'another tinylet has pods on this runtime: left alone',
      );
  }
}

function hasMember({ sandboxes, containers }: SnapshotPart, id: string): boolean {
  return (
    sandboxes.some((sandbox) => sandbox.id === id) || containers.some((container) => container.id === id)
  );
}
