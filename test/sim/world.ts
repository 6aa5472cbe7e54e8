import { sleep } from '../../src/base/index.ts';
import type { CallName } from '../../src/cri/calls.ts';
import type { ManifestSnapshot } from '../../src/manifest/index.ts';
import {
  asOwnerId,
  asPodUid,
  label,
  type NodeFacts,
  type PodKey,
  type ProbeKind,
} from '../../src/pod/index.ts';
import type { ReconcilerPorts } from '../../src/reconcile/index.ts';
import { cgroupFacts, nodeFacts } from '../fakes/facts.ts';
import { type FaultRates, seededFaults } from '../fakes/faults.ts';
import { MemoryCgroups } from '../fakes/memory-cgroups.ts';
import { MemoryVolumes } from '../fakes/memory-volumes.ts';
import { RuntimeModel } from '../fakes/runtime-model.ts';
import { SeededRandom } from '../fakes/seeded-random.ts';
import { type StoreTrouble, Writes } from '../fakes/store-trouble.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { Daemon } from './daemon.ts';
import { Facts } from './facts.ts';
import { ManifestFiles } from './manifest-files.ts';
import { MemoryLogs } from './memory-logs.ts';
import { MemoryObjectRecords } from './memory-object-records.ts';
import { MemoryRecords } from './memory-records.ts';
import { answerOf, behaviourOf, commandOf } from './random-lives.ts';
import { IMAGES, PodVersions } from './random-pods.ts';
import { Safety } from './safety.ts';
import { Trace } from './trace.ts';

/** Changes what a daemon is given, to see a check trip. */
export type Alter = (ports: ReconcilerPorts, world: World) => ReconcilerPorts;

export interface WorldOptions {
  readonly seed: number;
  readonly rates: FaultRates & { readonly diskFull: number };
  readonly slow: boolean;
  /** The disk takes no time at all. */
  readonly instantDisk?: boolean;
  /** The longest CrashLoopBackOff of the node. */
  readonly crashLoopMaxMs?: number;
  readonly alter?: Alter;
}

const OWNER = asOwnerId('owner-of-these-runs');
const STRANGER = asOwnerId('another-tinylet');

/** A machine in virtual time: one runtime, one disk, the manifest files, and at most one daemon. */
export class World {
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly trace = new Trace(this.clock);
  readonly files = new ManifestFiles(['/etc/one', '/etc/two']);
  readonly versions = new PodVersions();
  readonly model: RuntimeModel;
  readonly records: MemoryRecords;
  readonly logs: MemoryLogs;
  readonly objectRecords: MemoryObjectRecords;
  readonly volumes: MemoryVolumes;
  readonly cgroups: MemoryCgroups;
  readonly node: NodeFacts;
  readonly #writes: Writes;
  readonly facts: Facts;
  readonly safety: Safety;
  readonly alter: Alter | undefined;
  readonly crashLoopMaxMs: number | undefined;
  /** No faults any more. */
  calm = false;
  daemon: Daemon | undefined;
  readonly #foreign: string[] = [];
  #rebooted = false;
  readonly #pulled = new Set<string>();

  constructor(options: WorldOptions) {
    const { seed, rates, slow } = options;
    this.random = new SeededRandom(seed);
    this.alter = options.alter;
    this.crashLoopMaxMs = options.crashLoopMaxMs;
    const [faultDice, latencyDice] = [this.random.fork(), this.random.fork()];
    const faults = seededFaults(faultDice, rates, () => !this.calm);
    this.model = new RuntimeModel({
      clock: this.clock,
      behaviourOf,
      commandOf,
      openLog: (path) => this.logs.opened(path),
      present: [...IMAGES.present],
      registry: {
        'app:1': { pullMs: 200 },
        'app:2': { pullMs: 200 },
        'slow:1': { pullMs: 6_000 },
        'quick:latest': { pullMs: 300 },
        'flaky:1': { pullMs: 500, pullError: 'RegistryUnavailable: try again' },
      },
      faults: (call, request) => this.#noteFault(call, faults(call, request)),
      latencyMs: (call) => (slow ? latencyDice.int(LATENCY_MS[call] ?? 4) : 0),
      finishesAbandoned: () => latencyDice.chance(0.5),
    });
    const disk = this.#storeTrouble(rates.diskFull, latencyDice);
    const trouble = options.instantDisk ? { ...disk, latencyMs: () => 0 } : disk;
    this.logs = new MemoryLogs(trouble);
    this.#writes = new Writes(trouble);
    this.records = new MemoryRecords(this.#writes);
    this.objectRecords = new MemoryObjectRecords(this.#writes);
    this.volumes = new MemoryVolumes(this.#writes);
    this.cgroups = new MemoryCgroups(this.#writes);
    const hasCgroups = seed % 3 === 0;
    this.node = nodeFacts({ cgroups: cgroupFacts({ shared: hasCgroups }) });
    const { clock, model, versions, records, volumes, cgroups } = this;
    this.facts = new Facts({
      ...{ clock, model, versions, records, volumes, cgroups, hasCgroups },
      owner: OWNER,
    });
    this.objectRecords.onLoad = (restored) => this.facts.noteRestored(restored);
    this.safety = new Safety(this.facts, this.trace);
    this.model.onCall(({ phase, call, request, failure }) => {
      const { image } = request as { image?: { image?: string } };
      if (call === 'PullImage' && phase === 'after' && failure === undefined)
        this.#pulled.add(image?.image ?? '');
    });
  }

  /** A daemon comes up on what the last one left. */
  async startDaemon(): Promise<void> {
    const daemon = new Daemon(this);
    this.trace.note('--- daemon starts');
    this.daemon = daemon;
    this.facts.daemon = daemon;
    this.facts.daemonStartedMs = this.clock.monotonicMs();
    this.facts.daemonStopping = false;
    this.facts.halting = undefined;
    await daemon.reconciler.start();
  }

  /** `kill -9`. */
  crashDaemon(): void {
    this.trace.note('--- daemon is killed');
    this.disturb();
    this.#forgetDaemon();
  }

  /** SIGTERM. Resolves to how long it took. */
  async stopDaemon(): Promise<number> {
    const { daemon } = this;
    if (daemon === undefined) return 0;
    this.trace.note('--- daemon is told to stop');
    this.disturb();
    this.facts.daemonStopping = true;
    const startedMs = this.clock.monotonicMs();
    await daemon.reconciler.stop();
    const tookMs = this.clock.monotonicMs() - startedMs;
    this.trace.note('--- daemon has stopped');
    if (this.daemon === daemon) this.#forgetDaemon();
    return tookMs;
  }

  /** SIGTERM, with `--shutdown-pods`. Resolves to the pods that are left. */
  async shutDown(periodMs: number): Promise<readonly PodKey[]> {
    const { daemon } = this;
    if (daemon === undefined) return [];
    this.trace.note('--- the node is shut down within', periodMs);
    this.disturb();
    this.facts.haltedAtMs = this.clock.monotonicMs();
    this.facts.halting = { sinceMs: this.clock.monotonicMs(), periodMs };
    const left = await daemon.reconciler.shutDown(periodMs);
    if (this.daemon !== daemon) return [];
    await this.stopDaemon();
    return left;
  }

  async loadManifests(): Promise<ManifestSnapshot> {
    const view = this.files.view(this.clock.monotonicMs());
    this.facts.noteLoad(view);
    return view.snapshot;
  }

  /** Something happened that may excuse a delay. */
  disturb(): void {
    this.facts.disturbedAtMs = this.clock.monotonicMs();
  }

  jumpWallClock(byMs: number): void {
    this.trace.note('--- the clock jumps by', byMs);
    this.facts.jumpedAtMs = this.clock.monotonicMs();
    this.clock.jumpWallClock(byMs);
  }

  /** A running pod of somebody else: of another tinylet, or of none. */
  plantForeigner(name: string, isTinylet: boolean): void {
    const uid = asPodUid(`foreign-${name}-${isTinylet}`);
    const labels = isTinylet ? { [label.tinylet]: 'true', [label.owner]: STRANGER } : { app: 'something' };
    const sandbox = this.model.putSandbox({
      metadata: { name, namespace: 'default', uid, attempt: 0 },
      labels,
    });
    this.model.putContainer(
      sandbox,
      { metadata: { name: 'web', attempt: 0 }, image: { image: 'foreign:1' }, labels },
      {},
    );
    this.#foreign.push(sandbox);
  }

  /** A foreigner that is not as it was, if there is one. */
  get harmedForeigner(): string | undefined {
    const [sandboxState, containerState] = this.#rebooted ? ['not-ready', 'exited'] : ['ready', 'running'];
    return this.#foreign.find((id) => {
      const container = this.model.containers.find(({ sandboxId }) => sandboxId === id);
      return this.model.sandbox(id)?.state !== sandboxState || container?.state !== containerState;
    });
  }

  /** The host goes down and comes up, and the daemon with it. */
  rebootHost(): void {
    this.crashDaemon();
    this.#rebooted = true;
    this.facts.rebootedAtMs = this.clock.monotonicMs();
    this.model.reboot();
  }

  get foreignNames(): readonly string[] {
    return this.#foreign.flatMap((id) => {
      const { config } = this.model.sandbox(id) ?? {};
      return config?.labels?.[label.tinylet] === 'true' ? [config.metadata?.name ?? ''] : [];
    });
  }

  /** What the daemon says that its pods wait for: for people, no check rests on it. */
  get waits(): string {
    const pods = this.daemon?.reconciler.report().pods ?? [];
    return pods
      .map(
        ({ name, phase, waiting }) => `${name} ${phase}: ${waiting.map(({ message }) => message).join(', ')}`,
      )
      .join(' | ');
  }

  /** What a container says to a probe that asks it from outside: nothing, if it does not run. */
  answers(id: string, kind: ProbeKind): boolean {
    const container = this.model.container(id);
    if (container?.state !== 'running') return false;
    const { config, startedAtMs } = container;
    return answerOf(behaviourOf(config), kind, this.clock.nowMs() - startedAtMs);
  }

  imageIsThere(name: string): boolean {
    return this.#pulled.has(name);
  }

  #forgetDaemon(): void {
    this.daemon?.cut();
    this.#writes.interrupt();
    this.daemon = undefined;
    this.facts.daemon = undefined;
    this.facts.inFlight.clear();
  }

  #noteFault<T extends object | undefined>(call: CallName, fault: T): T {
    if (fault !== undefined && Object.keys(fault).length > 0) {
      this.disturb();
      this.trace.note('!', call, fault);
    }
    return fault;
  }

  #storeTrouble(diskFull: number, dice: SeededRandom): StoreTrouble {
    return {
      latencyMs: () => (dice.chance(0.5) ? dice.int(40) : 0),
      refuses: () => {
        const refuses = !this.calm && dice.chance(diskFull);
        if (refuses) {
          this.disturb();
          this.trace.note('! disk full');
        }
        return refuses;
      },
      sleep: (ms) => sleep(this.clock, ms),
    };
  }
}

/** Longest usual times of calls, in a runtime that takes its time. */
const LATENCY_MS: Partial<Record<CallName, number>> = {
  RunPodSandbox: 900,
  CreateContainer: 150,
  StartContainer: 250,
  StopPodSandbox: 300,
  RemovePodSandbox: 100,
  RemoveContainer: 60,
};
