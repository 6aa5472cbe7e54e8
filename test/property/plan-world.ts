/** A naive runtime with one pod in it: does what actions say, at once, and refuses what a runtime, or safety, would not bear. */
import { assertNever, invariant } from '../../src/base/index.ts';
import type { ImageNeed, ImageState } from '../../src/images/index.ts';
import type { HookState } from '../../src/lifecycle/index.ts';
import type { Action } from '../../src/plan/index.ts';
import type { Surroundings } from '../../src/plan/plan-input.ts';
import { begun, done, type Prepared } from '../../src/plan/prepared.ts';
import {
  asContainerId,
  asSandboxId,
  type ContainerDetails,
  type ContainerId,
  type Health,
  newestFirst,
  type ObservedContainer,
  type ObservedSandbox,
  type PodCgroup,
  type PodObservation,
} from '../../src/pod/index.ts';
import type { PodRecord } from '../../src/state/index.ts';
import type { Target } from '../../src/targets/index.ts';
import type { VolumesRequest } from '../../src/volumes/index.ts';
import { cgroupFacts, nodeFacts } from '../fakes/facts.ts';
import { detailsOf, imageId, makeInstance, makeSandbox, surroundings } from '../unit/plan/base.ts';

export interface WorldStart {
  readonly sandboxes: readonly ObservedSandbox[];
  readonly containers: readonly ObservedContainer[];
  readonly details: ReadonlyMap<ContainerId, ContainerDetails>;
  readonly record: PodRecord | undefined;
  /** Bytes in the volumes, which were made by a daemon before. */
  readonly usage: ReadonlyMap<string, number> | undefined;
  /** Pods have cgroups of their own here. */
  readonly shared: boolean;
  readonly nowMs: number;
}

const isAlive = ({ state }: ObservedContainer): boolean => state === 'running' || state === 'unknown';

export class PlanWorld {
  sandboxes: ObservedSandbox[];
  containers: ObservedContainer[];
  record: PodRecord | undefined;
  nowMs: number;
  prepared: Prepared = {};
  /** What was asked for last; undefined where nothing is on disk. */
  volumes: VolumesRequest | undefined;
  cgroup: PodCgroup | undefined;
  readonly surroundings: Surroundings;
  /** Hooks that were begun are done at once, by `<kind> <id>`. */
  readonly hooks = new Map<string, HookState>();
  #usage: ReadonlyMap<string, number>;
  readonly #details: Map<ContainerId, ContainerDetails>;
  readonly #images = new Set<string>();

  constructor(start: WorldStart) {
    this.sandboxes = [...start.sandboxes];
    this.containers = [...start.containers];
    this.record = start.record;
    this.nowMs = start.nowMs;
    this.#details = new Map(start.details);
    this.#usage = start.usage ?? new Map();
    this.volumes = start.usage === undefined ? undefined : { setups: [] };
    this.surroundings = {
      ...surroundings,
      node: nodeFacts({ cgroups: cgroupFacts({ shared: start.shared }) }),
    };
  }

  image = (need: ImageNeed): ImageState =>
    this.#images.has(JSON.stringify(need)) ? { state: 'ready', imageId } : { state: 'unknown' };

  /** Whatever is probed is well. */
  get health(): Health {
    const running = this.containers.filter(({ state }) => state === 'running');
    return new Map(running.map(({ id }) => [id, { started: true, ready: true }]));
  }

  observe(): PodObservation {
    return {
      sandboxes: [...this.sandboxes].sort(newestFirst),
      containers: [...this.containers].sort(newestFirst),
      containerDetails: new Map(this.#details),
      sandboxDetails: new Map(this.sandboxes.map(({ id }) => [id, { ips: ['10.0.0.7'] }])),
      nextAttempts: new Map(),
      envFiles: new Map(),
      // As the observer does: what an ended pod holds is not measured.
      volumeUsage: this.record?.ended === undefined ? this.#usage : new Map(),
    };
  }

  apply(action: Action, wanted: Target): void {
    this.prepared = begun(this.prepared, action);
    this.#apply(action, this.#inForce(wanted));
    this.prepared = done(this.prepared, action, this.#inForce(wanted));
  }

  /** The version on record is the one that is carried out. */
  #inForce(wanted: Target): Target {
    const pod = this.record?.pod;
    return wanted.kind === 'run' && pod !== undefined ? { ...wanted, pod } : wanted;
  }

  #apply(action: Action, target: Target): void {
    switch (action.type) {
      case 'save-record':
        this.record = action.record;
        break;
      case 'ensure-image':
        this.#images.add(JSON.stringify(action.need));
        break;
      case 'set-up-volumes':
        this.volumes = action.request;
        break;
      case 'tear-down-volumes':
        this.#tearDown();
        break;
      case 'set-up-cgroup':
        this.cgroup = action.cgroup;
        break;
      case 'remove-cgroup':
        invariant(this.containers.length === 0, 'a cgroup is removed while there are containers');
        this.cgroup = undefined;
        break;
      case 'run-sandbox':
        this.#runSandbox(action, target);
        break;
      case 'create-container':
        this.#createContainer(action);
        break;
      case 'start-container':
        this.#start(action.id);
        break;
      case 'begin-hook':
        this.hooks.set(`${action.hook.hook} ${action.hook.id}`, { state: 'done' });
        break;
      case 'begin-stop':
        this.#end(action.stop.id);
        break;
      case 'stop-sandbox':
        this.#stopSandbox(action.id);
        break;
      case 'remove-container':
        invariant(
          !this.containers.some((c) => c.id === action.id && isAlive(c)),
          'a living container is removed',
        );
        this.containers = this.containers.filter(({ id }) => id !== action.id);
        break;
      case 'remove-sandbox':
        this.#stopSandbox(action.id);
        this.sandboxes = this.sandboxes.filter(({ id }) => id !== action.id);
        this.containers = this.containers.filter(({ sandboxId }) => sandboxId !== action.id);
        break;
      case 'delete-logs':
        break;
      case 'delete-record':
        invariant(this.volumes === undefined, 'volumes are left behind');
        invariant(this.cgroup === undefined, 'a cgroup is left behind');
        this.record = undefined;
        break;
      default:
        assertNever(action);
    }
  }

  #runSandbox({ config }: Extract<Action, { type: 'run-sandbox' }>, target: Target): void {
    invariant(target.kind === 'run', 'a sandbox is made for a pod that is not wanted');
    invariant(this.record?.ended === undefined, 'a sandbox is made for a pod that has ended');
    const wanted = target.pod.spec.volumes?.length ?? 0;
    invariant(wanted === 0 || this.prepared.volumes !== undefined, 'a sandbox is made before its volumes');
    invariant(
      !this.sandboxes.some(({ state }) => state === 'ready'),
      'a second sandbox is made beside a ready one',
    );
    invariant(
      config.linux?.cgroup_parent === this.cgroup?.path,
      'a sandbox is made in a cgroup that there is not',
    );
    const attempt = config.metadata?.attempt ?? 0;
    invariant(
      !this.sandboxes.some((each) => each.attempt === attempt),
      `the name of sandbox ${attempt} is reserved`,
    );
    const { labels = {}, annotations = {} } = config;
    // Of no container that is left from before.
    const id = asSandboxId(`sb-${attempt}-made`);
    this.sandboxes.push(makeSandbox({ id, attempt, labels, annotations, createdAtMs: this.nowMs }));
  }

  #createContainer({ sandboxId, config }: Extract<Action, { type: 'create-container' }>): void {
    const { name = '', attempt = 0 } = config.metadata ?? {};
    invariant(this.#isReady(sandboxId), 'a container is made in a sandbox that is not ready');
    const same = this.containers.filter((each) => each.name === name);
    invariant(!same.some((each) => each.attempt >= attempt), `restart counts only grow: ${name} ${attempt}`);
    invariant(!same.some(isAlive), `a second instance of ${name} is made beside a living one`);
    const { labels = {}, annotations = {} } = config;
    const id = asContainerId(`${name}-${attempt}`);
    const createdAtMs = this.nowMs;
    this.containers.push(
      makeInstance(name, { id, attempt, sandboxId, labels, annotations, createdAtMs, state: 'created' }),
    );
  }

  #start(id: ContainerId): void {
    const container = this.containers.find((each) => each.id === id);
    invariant(
      container?.state === 'created' && this.#isReady(container.sandboxId),
      `${id} cannot be started`,
    );
    this.#replace({ ...container, state: 'running' });
    this.#details.set(id, detailsOf({ startedAtMs: this.nowMs }));
  }

  /** What runs to its end gets there, well. Tells whether anything did. */
  endWork(): boolean {
    const working = this.containers.filter(({ name, state }) => name === 'prepare' && state === 'running');
    for (const { id } of working) this.#end(id, 0);
    return working.length > 0;
  }

  #end(id: ContainerId, exitCode = 137): void {
    const container = this.containers.find((each) => each.id === id);
    if (container === undefined || !isAlive(container)) return;
    this.#replace({ ...container, state: 'exited' });
    this.#details.set(id, detailsOf({ startedAtMs: this.nowMs - 1, finishedAtMs: this.nowMs, exitCode }));
  }

  #tearDown(): void {
    invariant(!this.containers.some(isAlive), 'volumes are torn down while a container lives');
    invariant(
      !this.sandboxes.some(({ state }) => state === 'ready'),
      'volumes are torn down while there is a sandbox',
    );
    this.volumes = undefined;
    this.#usage = new Map();
  }

  #stopSandbox(id: string): void {
    invariant(
      !this.containers.some((each) => each.sandboxId === id && isAlive(each)),
      'a sandbox is stopped over the head of a living container',
    );
    this.sandboxes = this.sandboxes.map((each) => (each.id === id ? { ...each, state: 'not-ready' } : each));
  }

  #isReady(id: string): boolean {
    return this.sandboxes.some((each) => each.id === asSandboxId(id) && each.state === 'ready');
  }

  #replace(container: ObservedContainer): void {
    this.containers = this.containers.map((each) => (each.id === container.id ? container : each));
  }
}
