import type { Container, Pod, PodSpec, Probe } from '../../src/pod/index.ts';
import { deleteThroughApi } from './api-client.ts';
import type { Instance } from './instance.ts';
import type { SimBehaviour } from './random-lives.ts';
import { type Alter, World } from './world.ts';

const NO_FAULTS = { before: 0, after: 0, hang: 0, delay: 0, longestDelayMs: 0, diskFull: 0 };

/** A pod in few words; a container named `web` unless others are given. */
export interface Manifest {
  readonly name?: string;
  readonly behaviour?: SimBehaviour;
  readonly container?: Partial<Container>;
  readonly spec?: Partial<PodSpec>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A world in which nothing fails and nothing takes time but the waiting itself; hints come at once. */
export class StillWorld extends World {
  constructor(options: { readonly crashLoopMaxMs?: number; readonly alter?: Alter } = {}) {
    super({ seed: 1, rates: NO_FAULTS, slow: false, instantDisk: true, ...options });
    this.model.onChange(({ what, id }) => {
      if (what === 'exited') this.clock.setTimer(0, () => this.daemon?.hint(id));
    });
  }

  /** A daemon comes up, and is there for a while: probes of what begins later are not spread over their first period. */
  async begin(): Promise<void> {
    await this.startDaemon();
    await this.clock.advance(20_000);
  }

  /** Writes a manifest, and lets the daemon do what it does at once. */
  async put(manifest: Manifest): Promise<void> {
    const pod = podOf(manifest);
    this.files.write(fileOf(manifest.name), { pods: [this.versions.mark(pod)], objects: [], broken: false });
    this.daemon?.hintManifests();
    await this.clock.advance(0);
  }

  async take(name?: string): Promise<void> {
    this.files.remove(fileOf(name));
    this.daemon?.hintManifests();
    await this.clock.advance(0);
  }

  /** Through the API. */
  async delete(graceSeconds: number | undefined): Promise<void> {
    for (const uid of this.records.uids) await deleteThroughApi(this, uid, graceSeconds);
    this.daemon?.hintManifests();
    await this.clock.advance(0);
  }

  /** The same, but that the daemon dies before the manifest is gone. */
  async deleteHalf(graceSeconds: number): Promise<void> {
    for (const uid of this.records.uids) {
      this.facts.deletions.ask(uid, graceSeconds);
      await this.daemon?.reconciler.deletePod(uid, graceSeconds);
    }
  }

  async crashFor(ms: number): Promise<void> {
    this.crashDaemon();
    await this.clock.advance(ms);
    await this.startDaemon();
    await this.clock.advance(0);
  }

  /** All instances there ever were of the containers of that name, the oldest first. */
  instances(name = 'web'): readonly Instance[] {
    return [...this.facts.instances.values()].filter((each) => each.name === name);
  }
}

function fileOf(name = 'web'): string {
  return `/etc/one/${name}.yaml`;
}

function podOf({ name = 'web', behaviour = {}, container, spec, annotations = {} }: Manifest): Pod {
  return {
    metadata: { name, namespace: 'default', labels: {}, annotations },
    spec: {
      containers: [aContainer('web', behaviour, container)],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      hostNetwork: false,
      ...spec,
    },
  };
}

export function aContainer(
  name: string,
  behaviour: SimBehaviour = {},
  changes: Partial<Container> = {},
): Container {
  return {
    name,
    image: 'app:1',
    command: [],
    args: [JSON.stringify(behaviour)],
    env: [],
    ports: [],
    imagePullPolicy: 'IfNotPresent',
    ...changes,
  };
}

/** Asked from outside, once a second, and once is enough. */
export function aProbe(changes: Partial<Probe> = {}): Probe {
  return {
    ...{ handler: { kind: 'tcpSocket', port: 80 }, initialDelaySeconds: 0, timeoutSeconds: 1 },
    ...{ periodSeconds: 1, successThreshold: 1, failureThreshold: 1 },
    ...changes,
  };
}

/** A hook that takes so long. */
export function aHook(takesMs: number, exitCode = 0): { kind: 'exec'; command: readonly string[] } {
  return { kind: 'exec', command: ['hook', JSON.stringify({ takesMs, exitCode })] };
}
