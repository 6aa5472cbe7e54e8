import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type JsonObject, silentLogger } from '../../../src/base/index.ts';
import { createManifestLoader, parseManifest } from '../../../src/manifest/index.ts';
import { asPodUid, type PodUid, podKey } from '../../../src/pod/index.ts';
import type { ObjectRecord, PodRecord } from '../../../src/state/index.ts';
import type { LoggedEvent } from '../../../src/status/index.ts';
import {
  AddedContainers,
  type NodeObjects,
  objectsDirectory,
  openNodeObjects,
  prepareObjects,
} from '../../../src/store/index.ts';
import type { NodeState, PodView } from '../../../src/store/ports.ts';
import { SideObjects } from '../../../src/targets/index.ts';
import { nodeFacts, runtimeFacts } from '../../fakes/facts.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/**
 * A node whose loop is carried out by hand: real files and a real loader, and of the rest as much as objects are shown by. What a look
 * found is in force when `look` resolves; pods are recorded by `run`.
 */
export class ObjectWorld implements NodeState {
  readonly rootDir: string;
  readonly manifests: string;
  readonly clock = new VirtualClock();
  readonly records = new Map<PodUid, PodRecord>();
  readonly events: LoggedEvent[] = [];
  readonly conditions: unknown[] = [];
  problem: string | undefined;
  turnedAtMs: number | undefined;
  hints = 0;
  #looks = { begun: 0, inForce: 0 };
  #added: AddedContainers | undefined;
  #side = new SideObjects();
  #wanted: Omit<PodView, 'record' | 'basis' | 'status'>[] = [];

  private constructor(base: string) {
    this.rootDir = join(base, 'root');
    this.manifests = join(base, 'manifests');
  }

  static async create(): Promise<ObjectWorld> {
    const base = await mkdtemp(join(tmpdir(), 'objects-'));
    onTestFinished(() => rm(base, { recursive: true, force: true }));
    return new ObjectWorld(base);
  }

  get objectsDir(): string {
    return objectsDirectory(this.rootDir);
  }

  /** Another daemon on the same files. */
  async open(maxManifestBytes = 10_000): Promise<NodeObjects> {
    await prepareObjects(this.rootDir);
    const { clock } = this;
    const added = new AddedContainers({ rootDir: this.rootDir, maxManifestBytes, logger: silentLogger });
    await added.restore(async (uid) => this.records.has(uid));
    this.#added = added;
    return openNodeObjects(
      {
        ...{ rootDir: this.rootDir, nodeName: 'box', kubeletVersion: 'v1.36.4', maxManifestBytes },
        createdAtMs: clock.nowMs() - 1_000,
      },
      {
        ...{ clock, logger: silentLogger, state: this, events: () => this.events, added },
        commands: {
          hintManifests: () => {
            this.hints += 1;
          },
          deletePod: async (uid, graceSeconds) => {
            const record = this.records.get(uid);
            if (record === undefined) return;
            const deletionGraceSeconds = graceSeconds ?? record.pod.spec.terminationGracePeriodSeconds;
            const deletionStartedAtMs = record.deletionStartedAtMs ?? clock.nowMs();
            this.records.set(uid, { ...record, deletionStartedAtMs, deletionGraceSeconds });
          },
          setConditions: async (uid, conditions) => {
            this.conditions.push(...conditions);
            return this.records.has(uid);
          },
        },
        parse: async (manifest) => parseManifest(manifest),
      },
    );
  }

  /** A look at the files, as the loop has it. */
  async look(): Promise<void> {
    this.#looks = { ...this.#looks, begun: this.#looks.begun + 1 };
    const number = this.#looks.begun;
    const loader = createManifestLoader({ directories: [this.manifests, this.objectsDir] });
    const snapshot = await (this.#added?.over(loader) ?? loader).load();
    await loader.close();
    this.#side.note(snapshot, this.clock.nowMs());
    this.#wanted = snapshot.directories
      .flatMap((directory) => (directory.state === 'read' ? directory.files : []))
      .flatMap((file) => (file.state === 'accepted' ? file.objects : []))
      .flatMap((found) => {
        if (found.kind !== 'Pod') return [];
        const { pod, file } = found;
        const { namespace, name } = pod.metadata;
        const uid = pod.metadata.uid ?? asPodUid(`uid-of-${podKey(pod.metadata)}`);
        return [{ uid, namespace, name, file, pod }];
      });
    this.#looks = { ...this.#looks, inForce: number };
  }

  /** Every pod that is wanted is on record from now on. */
  run(): void {
    for (const { uid, namespace, name, file, pod } of this.#wanted)
      if (pod !== undefined && !this.records.has(uid))
        this.records.set(uid, {
          ...{ version: 1, uid, namespace, name, file, pod, stops: {} },
          createdAtMs: this.clock.nowMs(),
        });
  }

  pods(): readonly PodView[] {
    const ending = [...this.records.values()].filter((record) => record.deletionStartedAtMs !== undefined);
    const views = [
      ...ending.map((record) => ({ ...record, record })),
      ...this.#wanted
        .filter(({ uid }) => !ending.some((record) => record.uid === uid))
        .map((wanted) => ({ ...wanted, record: this.records.get(wanted.uid) })),
    ];
    return views.map(({ uid, namespace, name, file, pod, record }) => ({
      ...{ uid, namespace, name, file, pod, record },
      basis: [pod, record],
      status: () => undefined,
    }));
  }

  objects(): ReadonlyMap<string, ObjectRecord> {
    return this.#side.records;
  }

  machine(): ReturnType<NodeState['machine']> {
    const { problem, turnedAtMs } = this;
    return { surroundings: { node: nodeFacts(), runtime: runtimeFacts() }, problem, turnedAtMs };
  }

  looks(): { readonly begun: number; readonly inForce: number } {
    return this.#looks;
  }
}

let made = 0;

/** As the API's verbs hand an object over. */
export function object(kind: string, name: string, rest: JsonObject = {}): JsonObject {
  made += 1;
  const { metadata, ...fields } = rest;
  const isCluster = kind === 'Namespace' || kind === 'RuntimeClass';
  return {
    apiVersion: kind === 'RuntimeClass' ? 'node.k8s.io/v1' : 'v1',
    kind,
    metadata: {
      name,
      ...(!isCluster && { namespace: 'default' }),
      uid: `uid-${made}`,
      creationTimestamp: '2026-01-01T11:00:00Z',
      ...(typeof metadata === 'object' && metadata),
    },
    ...fields,
  };
}

export const pod = (name: string, metadata: JsonObject = {}, spec: JsonObject = {}): JsonObject =>
  object('Pod', name, { metadata, spec: { containers: [{ name: 'main', image: 'a:1' }], ...spec } });
