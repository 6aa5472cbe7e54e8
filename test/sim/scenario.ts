import { annotation, type Pod } from '../../src/pod/index.ts';
import type { SeededRandom } from '../fakes/seeded-random.ts';
import type { SimObject } from './made-from.ts';
import type { SimFile } from './manifest-files.ts';
import { LIMIT_BYTES, nameOf, OBJECT_NAMES, randomObject } from './random-config.ts';
import { editPod } from './random-edits.ts';
import { IMAGES, randomPod } from './random-pods.ts';
import type { World } from './world.ts';

const POD_NAMES = ['alpha', 'beta', 'gamma', 'delta', 'omega'];

interface Step {
  readonly weight: number;
  readonly act: () => void | Promise<void>;
}

/** What happens to a machine: people who write manifests, and everything that breaks. Drawn from one seed. */
export class Scenario {
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #steps: readonly Step[];
  readonly #dark = new Set<string>();
  #files = 0;

  constructor(world: World, troubled: boolean) {
    this.#world = world;
    this.#random = world.random.fork();
    this.#steps = [...this.#fileSteps(), ...(troubled ? this.#troubleSteps() : [])];
    this.#giveHints();
  }

  /** The machine as it is found. */
  async begin(): Promise<void> {
    const random = this.#random;
    if (random.chance(0.4)) this.#world.plantForeigner(random.pick(POD_NAMES), false);
    if (random.chance(0.3))
      this.#world.plantForeigner(random.chance(0.5) ? random.pick(POD_NAMES) : 'theirs', true);
    for (const name of OBJECT_NAMES) if (random.chance(0.8)) this.#define(name);
    for (let count = random.between(1, 4); count > 0; count -= 1) this.#create();
    await this.#world.startDaemon();
  }

  /** Lets things happen for so long, or until a check fails; looks in between. */
  async run(durationMs: number, look: () => void): Promise<void> {
    const { clock, safety } = this.#world;
    const endMs = clock.monotonicMs() + durationMs;
    while (safety.violation === undefined && clock.monotonicMs() < endMs) {
      await clock.advance(this.#pause());
      look();
      if (safety.violation === undefined) await this.#draw().act();
    }
  }

  /** Faults end, files are mended, and a daemon runs. */
  async calmDown(): Promise<void> {
    const world = this.#world;
    world.trace.note('--- calm');
    world.calm = true;
    for (const directory of this.#dark) world.files.setReadable(directory, true);
    for (const path of world.files.paths) this.#repair(path);
    for (const name of OBJECT_NAMES)
      if (!this.#isDefined(name) && this.#random.chance(0.7)) this.#define(name);
    for (const image of IMAGES.flaky) world.model.setRegistry(image, { pullMs: 500 });
    if (world.daemon === undefined || world.facts.daemonStopping) {
      world.crashDaemon();
      await world.startDaemon();
    }
  }

  #pause(): number {
    const random = this.#random;
    if (random.chance(0.15)) return random.int(40);
    return random.chance(0.1) ? random.between(5_000, 25_000) : random.int(4_000);
  }

  #draw(): Step {
    const total = this.#steps.reduce((sum, { weight }) => sum + weight, 0);
    let left = this.#random.unit() * total;
    for (const step of this.#steps) {
      left -= step.weight;
      if (left < 0) return step;
    }
    throw new Error('no step drawn');
  }

  #fileSteps(): Step[] {
    return [
      { weight: 3, act: () => this.#create() },
      { weight: 8, act: () => this.#edit() },
      {
        weight: 2,
        act: () => this.#withFile((path, file) => this.#write(path, { ...file, broken: true }, 'broken')),
      },
      { weight: 3, act: () => this.#withFile((path) => this.#repair(path)) },
      { weight: 2.5, act: () => this.#withFile((path) => this.#remove(path)) },
      { weight: 1.5, act: () => this.#withFile((path, file) => this.#rename(path, file)) },
      {
        weight: 0.7,
        act: () => this.#withFile((_, file) => this.#write(this.#newPath(), file, 'duplicate')),
      },
      { weight: 1, act: () => this.#toggleDirectory() },
      { weight: 3, act: () => this.#editObject() },
      { weight: 2, act: () => this.#defineMissing() },
      { weight: 0.7, act: () => this.#withFile((path, file) => this.#undefine(path, file)) },
      { weight: 1.5, act: () => this.#fill() },
    ];
  }

  #troubleSteps(): Step[] {
    const { model } = this.#world;
    const random = this.#random;
    const running = (): string[] => this.#ours(model.containers.filter(({ state }) => state === 'running'));
    const ready = (): string[] => this.#ours(model.sandboxes.filter(({ state }) => state === 'ready'));
    return [
      { weight: 2, act: () => this.#crash() },
      { weight: 0.8, act: () => this.#stop() },
      { weight: 0.4, act: () => this.#shutDown() },
      { weight: 0.4, act: () => this.#crash(() => this.#loseRecord()) },
      { weight: 0.3, act: () => this.#crash(() => this.#world.rebootHost()) },
      { weight: 1, act: () => this.#trouble('runtime restarts', () => model.restart(random.int(6_000))) },
      {
        weight: 0.8,
        act: () =>
          this.#trouble('a sandbox dies', () => withAny(random, ready(), (id) => model.loseSandbox(id))),
      },
      {
        weight: 1.2,
        act: () =>
          this.#trouble('a container dies', () =>
            withAny(random, running(), (id) => model.exitContainer(id, 137, 'OOMKilled')),
          ),
      },
      {
        weight: 0.5,
        act: () => this.#world.jumpWallClock(random.pick([-3_600_000, -7_000, 5_000, 90_000, 3_600_000])),
      },
      { weight: 1, act: () => this.#world.daemon?.hint('nothing') },
    ];
  }

  /** Hints are often late and sometimes lost. */
  #giveHints(): void {
    const { model, clock } = this.#world;
    const dice = this.#random.fork();
    model.onChange(({ kind, id, what }) => {
      if (kind !== 'container' || what !== 'exited' || dice.chance(0.4)) return;
      clock.setTimer(dice.int(50), () => this.#world.daemon?.hint(id));
    });
  }

  #hintFiles(): void {
    if (this.#random.chance(0.3)) return;
    this.#world.clock.setTimer(this.#random.int(200), () => this.#world.daemon?.hintManifests());
  }

  #create(): void {
    const named = new Set(
      this.#world.files.paths.flatMap((path) => this.#podsIn(path).map(({ metadata }) => metadata.name)),
    );
    const free = POD_NAMES.filter((name) => !named.has(name));
    if (free.length === 0) return;
    const names = this.#random.chance(0.25) ? free.slice(0, 2) : [this.#random.pick(free)];
    const pods = names.map((name, index) => this.#newPod(name, names.slice(0, index)));
    // Now and then what they are made from stands beside them.
    const objects = this.#random.chance(0.1) ? [this.#randomObject()] : [];
    this.#write(this.#newPath(), { pods, objects, broken: false }, 'created');
  }

  /** One that often begins after those of its own file. */
  #newPod(name: string, ofFile: readonly string[]): Pod {
    const others = this.#random.chance(0.6) ? ofFile : [];
    const pod = randomPod(this.#random, name, this.#mayWaitFor(name));
    const annotations = {
      ...pod.metadata.annotations,
      ...(others.length > 0 && { [annotation.startAfter]: others.join() }),
    };
    return this.#world.versions.mark({ ...pod, metadata: { ...pod.metadata, annotations } });
  }

  /** Those that stand before it, so that there is no circle; now and then there may be one. */
  #mayWaitFor(name: string): readonly string[] {
    const others = POD_NAMES.filter((other) => other < name || this.#random.chance(0.03));
    return others.filter((other) => other !== name);
  }

  #edit(): void {
    this.#withFile((path, file) => {
      if (file.pods.length === 0) return;
      const doomed = this.#random.pick(file.pods);
      const { edit, pod } = editPod(this.#random, doomed);
      const edited = this.#world.versions.mark(pod);
      this.#write(path, { ...file, pods: file.pods.map((each) => (each === doomed ? edited : each)) }, edit);
    });
  }

  #define(name: (typeof OBJECT_NAMES)[number]): void {
    const objects = [randomObject(this.#random, name)];
    this.#write(this.#newPath(), { pods: [], objects, broken: false }, 'defined');
  }

  #defineMissing(): void {
    const missing = OBJECT_NAMES.filter((name) => !this.#isDefined(name));
    withAny(this.#random, missing, (name) => this.#define(name));
  }

  #isDefined(name: string): boolean {
    const { files } = this.#world;
    return files.paths.some((path) =>
      files.get(path)?.objects.some(({ metadata }) => metadata.name === name),
    );
  }

  #randomObject(): SimObject {
    return randomObject(this.#random, this.#random.pick(OBJECT_NAMES));
  }

  #editObject(): void {
    const { files } = this.#world;
    const paths = files.paths.filter((path) => (files.get(path)?.objects.length ?? 0) > 0);
    withAny(this.#random, paths, (path) => {
      const file = files.get(path);
      if (file === undefined) return;
      const objects = file.objects.map((object) => randomObject(this.#random, nameOf(object)));
      this.#write(path, { ...file, objects }, 'objects changed');
    });
  }

  #undefine(path: string, file: SimFile): void {
    if (file.objects.length > 0) this.#write(path, { ...file, objects: [] }, 'objects taken out');
  }

  /** A container writes more than it may, or less, and never takes anything away: what was measured counts for ten seconds. */
  #fill(): void {
    const { volumes, trace } = this.#world;
    const holders = volumes.uids.filter((uid) => volumes.get(uid)?.volumes.has('data'));
    withAny(this.#random, holders, (uid) => {
      const bytes = this.#random.chance(0.5) ? 2 * LIMIT_BYTES : LIMIT_BYTES / 2;
      trace.note('---', uid, 'writes', bytes, 'bytes');
      volumes.fill(uid, 'data', Math.max(bytes, volumes.bytesIn(uid, 'data')));
    });
  }

  #repair(path: string): void {
    const file = this.#world.files.get(path);
    if (file?.broken) this.#write(path, { ...file, broken: false }, 'repaired');
  }

  #remove(path: string): void {
    const file = this.#world.files.get(path);
    this.#world.files.remove(path);
    this.#world.trace.note('#', path, 'removed');
    // The same names again, at once: a new life each.
    if (file !== undefined && this.#random.chance(0.2)) {
      this.#world.clock.setTimer(this.#random.int(6_000), () => this.#rewrite(path, file));
    }
    this.#hintFiles();
  }

  #rewrite(path: string, file: SimFile): void {
    if (!this.#world.calm) this.#write(path, file, 'written again');
  }

  #rename(path: string, file: SimFile): void {
    this.#world.files.remove(path);
    this.#write(this.#newPath(), file, `renamed from ${path}`);
  }

  #toggleDirectory(): void {
    const directory = this.#random.pick(this.#world.files.directories);
    const readable = this.#dark.delete(directory);
    if (!readable) this.#dark.add(directory);
    this.#world.files.setReadable(directory, readable);
    this.#world.trace.note('#', directory, readable ? 'readable' : 'unreadable');
    this.#hintFiles();
  }

  #write(path: string, file: SimFile, why: string): void {
    this.#world.files.write(path, file);
    const said = file.objects.map((object) => `${nameOf(object)}: ${object.data.get('mode')}`);
    const names = file.pods.map(({ metadata }) => `${metadata.name}@${JSON.stringify(metadata.annotations)}`);
    this.#world.trace.note('#', path, why, ...said, ...names);
    this.#hintFiles();
  }

  #newPath(): string {
    this.#files += 1;
    // In front of the others as often as behind them.
    return `${this.#random.pick(this.#world.files.directories)}/${this.#random.pick(['a', 'k', 'z'])}${this.#files}.yaml`;
  }

  #podsIn(path: string): readonly Pod[] {
    return this.#world.files.get(path)?.pods ?? [];
  }

  #withFile(act: (path: string, file: SimFile) => void): void {
    withAny(this.#random, this.#world.files.paths, (path) => {
      const file = this.#world.files.get(path);
      if (file !== undefined) act(path, file);
    });
  }

  #ours(
    things: readonly {
      readonly id: string;
      readonly config: { readonly labels?: Readonly<Record<string, string>> };
    }[],
  ): string[] {
    return things.filter(({ config }) => this.#world.facts.isOurs(config.labels)).map(({ id }) => id);
  }

  #trouble(what: string, act: () => void): void {
    this.#world.trace.note('---', what);
    this.#world.disturb();
    act();
  }

  #crash(meanwhile: () => void = () => undefined): void {
    this.#world.crashDaemon();
    meanwhile();
    this.#comeBack(this.#random.chance(0.7) ? this.#random.int(2_000) : this.#random.int(15_000));
  }

  async #stop(): Promise<void> {
    const tookMs = await this.#world.clock.complete(this.#world.stopDaemon(), 600_000);
    if (tookMs > 5_000) this.#world.safety.violate('shutdown', 'took', tookMs, 'ms');
    this.#comeBack(this.#random.int(5_000));
  }

  async #shutDown(): Promise<void> {
    const periodMs = this.#random.pick([2_000, 20_000, 60_000]);
    const { clock, safety } = this.#world;
    const startedMs = clock.monotonicMs();
    await clock.complete(this.#world.shutDown(periodMs), 600_000);
    const tookMs = clock.monotonicMs() - startedMs;
    if (tookMs > periodMs + 5_000) safety.violate('shutdown', 'of the pods took', tookMs, 'ms of', periodMs);
    this.#comeBack(this.#random.int(5_000));
  }

  #comeBack(afterMs: number): void {
    this.#world.clock.setTimer(afterMs, () => {
      if (this.#world.daemon === undefined) void this.#world.startDaemon();
    });
  }

  #loseRecord(): void {
    withAny(this.#random, this.#world.records.uids, (uid) => {
      this.#world.trace.note('--- record of', uid, 'is lost');
      this.#world.records.lose(uid);
      this.#world.facts.loseRecord(uid);
    });
  }
}

function withAny<T>(random: SeededRandom, choices: readonly T[], act: (choice: T) => void): void {
  if (choices.length > 0) act(random.pick(choices));
}
