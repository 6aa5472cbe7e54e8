/** A reconciler on a fake runtime, in virtual time, with records and logs in memory. */
import type { LogFields, Logger } from '../../../src/base/index.ts';
import type { PodLogs } from '../../../src/logs/index.ts';
import type { ManifestFile, ManifestSnapshot } from '../../../src/manifest/index.ts';
import type { WorkObserver } from '../../../src/metrics/index.ts';
import type { NodeFacts, Pod, PodEvent, PodUid, SideObject } from '../../../src/pod/index.ts';
import { Reconciler } from '../../../src/reconcile/index.ts';
import type { ReconcilerOptions } from '../../../src/reconcile/reconciler-ports.ts';
import type { ObjectRecord, ObjectRecords, PodRecord, PodRecords } from '../../../src/state/index.ts';
import { nodeFacts } from '../../fakes/facts.ts';
import { MemoryCgroups } from '../../fakes/memory-cgroups.ts';
import { MemoryVolumes } from '../../fakes/memory-volumes.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { logDir, owner, rootDir } from '../plan/base.ts';
import { goodFile, manifestsOf, objectFile } from '../targets/manifests.ts';
import { FakeCri } from './fake-cri.ts';

export class MemoryRecords implements PodRecords {
  readonly kept = new Map<PodUid, PodRecord>();
  load = async () => [...this.kept.values()];
  save = async (record: PodRecord) => void this.kept.set(record.uid, record);
  remove = async (uid: PodUid) => void this.kept.delete(uid);
}

export class MemoryObjectRecords implements ObjectRecords {
  kept: readonly ObjectRecord[] = [];
  load = async () => this.kept;
  save = async (records: readonly ObjectRecord[]) => {
    this.kept = records;
  };
}

export const noLogs: PodLogs = {
  prepare: async () => undefined,
  nextAttempt: async () => 0,
  removeInstance: async () => undefined,
  tail: async () => '',
  removePod: async () => undefined,
};

export interface LogLine extends LogFields {
  readonly level: string;
  readonly msg: string;
}

/** A logger that keeps its lines, those of level debug aside. */
export function keepingLogger(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const keep = (level: string) => (fields: LogFields, msg: string) =>
    void lines.push({ ...fields, level, msg });
  return { lines, debug: () => undefined, info: keep('info'), warn: keep('warn'), error: keep('error') };
}

export const intervalMs = 2_000;

export class Rig {
  readonly clock = new VirtualClock();
  readonly cri = new FakeCri(() => this.clock.nowMs());
  readonly records = new MemoryRecords();
  readonly objectRecords = new MemoryObjectRecords();
  readonly volumes = new MemoryVolumes();
  readonly cgroups = new MemoryCgroups();
  readonly logger = keepingLogger();
  manifests: ManifestSnapshot = manifestsOf();
  node: NodeFacts = nodeFacts();
  loads = 0;
  /** What every probe comes to. */
  probed: 'success' | 'failure' = 'success';
  /** What every probe and every hook says; hooks fail if it is anything. */
  said = '';
  readonly events: PodEvent[] = [];
  /** What its observer was told: its methods with what was told, the times in milliseconds. */
  readonly observed: string[] = [];
  #pods: readonly ManifestFile[] = [];
  #objects: readonly ManifestFile[] = [];
  readonly reconciler: Reconciler;

  constructor(further: Pick<ReconcilerOptions, 'leavesAlone'> = {}) {
    let made = 0;
    this.reconciler = new Reconciler(
      {
        clock: this.clock,
        random: { uuid: () => `uid-${++made}`, unit: () => 0 },
        logger: this.logger,
        cri: this.cri.port,
        manifests: { load: async () => this.#load() },
        records: this.records,
        objectRecords: this.objectRecords,
        logs: noLogs,
        volumes: this.volumes,
        cgroups: this.cgroups,
        node: { facts: async () => this.node },
        runProbe: async () => ({ result: this.probed, message: this.said }),
        runHook: async () => {
          if (this.said !== '') throw new Error(this.said);
        },
        tell: (event) => void this.events.push(event),
        observer: this.#observer(),
      },
      { owner, adopted: [], intervalMs, logDir, rootDir, nodeName: 'node', version: '1.2.3', ...further },
    );
  }

  /** Puts one file for each pod in place of all that was there, as a watcher would notice. */
  put(...pods: Pod[]): void {
    this.#pods = pods.map((pod) => goodFile(`/m/${pod.metadata.name}.yaml`, pod));
    this.#show();
  }

  /** The same for objects beside pods, all in one file. */
  define(...objects: SideObject[]): void {
    this.#objects = [objectFile('/m/objects.yaml', ...objects)];
    this.#show();
  }

  /** Begins with these pods, whose images are there, and lets them come up. */
  async startWith(...pods: Pod[]): Promise<void> {
    for (const { image } of pods.flatMap(({ spec }) => spec.containers)) this.cri.images.add(image);
    this.put(...pods);
    await this.reconciler.start();
    await this.clock.advance(intervalMs / 2);
  }

  #observer(): WorkObserver {
    const note =
      (name: string) =>
      (...told: readonly unknown[]): void =>
        void this.observed.push([name, ...told.map((each) => JSON.stringify(each))].join(' '));
    return {
      relisted: note('relisted'),
      passed: note('passed'),
      sandboxTried: note('sandboxTried'),
      sandboxFailed: note('sandboxFailed'),
      containerTried: note('containerTried'),
      containerFailed: note('containerFailed'),
      podRan: note('podRan'),
      podStarted: note('podStarted'),
      podGone: note('podGone'),
    };
  }

  #show(): void {
    this.manifests = manifestsOf(...this.#objects, ...this.#pods);
    this.reconciler.hintManifests();
  }

  #load(): ManifestSnapshot {
    this.loads += 1;
    return this.manifests;
  }
}
