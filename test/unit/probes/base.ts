import type { Random } from '../../../src/base/index.ts';
import { silentLogger } from '../../../src/base/index.ts';
import {
  asContainerId,
  asPodUid,
  type Container,
  type PodEvent,
  type Probe,
} from '../../../src/pod/index.ts';
import {
  createPodProbes,
  type PodProbes,
  type ProbeCall,
  type ProbedContainer,
  type ProbedPod,
  type ProbeOutcome,
} from '../../../src/probes/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

/** Every ten seconds, to be changed field by field. */
export function probe(change: Partial<Probe> = {}): Probe {
  return {
    handler: { kind: 'tcpSocket', port: 80 },
    initialDelaySeconds: 0,
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...change,
  };
}

export function container(change: Partial<Container> = {}): Container {
  const base = { name: 'main', image: 'i', command: [], args: [], env: [], ports: [] };
  return { ...base, imagePullPolicy: 'IfNotPresent', ...change };
}

export const UID = asPodUid('u');

/** What a probe of an instance answers: a letter for each ask, the last one for all that follow; `x` is an error, `w` a warning. */
export type Answers = Readonly<Record<string, string>>;

/** Probes of one pod in virtual time, with all that they did. Instances have the names of their containers as ids. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly beganMs = this.clock.nowMs();
  /** `<seconds since the daemon began> <kind>` or, for containers other than main, `… <name> <kind>`. */
  readonly asked: string[] = [];
  readonly events: PodEvent[] = [];
  readonly changes: string[] = [];
  readonly calls: ProbeCall[] = [];
  /** How long each probe takes. */
  tookMs = 0;
  /** Answers by kind, `s` where it has none. */
  answers: Answers = {};
  /** What `Random.unit` says. */
  chance = 0;
  cancelled = 0;
  /** Probes under way take no notice of being cancelled. */
  heedless = false;
  readonly probes: PodProbes;

  constructor() {
    const random: Random = { uuid: () => '', unit: () => this.chance };
    this.probes = createPodProbes({
      clock: this.clock,
      random,
      run: (call, signal) => this.#run(call, signal),
      tell: (event) => this.events.push(event),
      onChange: (uid) => this.changes.push(`${this.seconds()} ${uid}`),
      logger: silentLogger,
    });
  }

  seconds(): number {
    return this.clock.monotonicMs() / 1000;
  }

  /** An instance that has just started, or another time. */
  instance(of: Container, change: Partial<ProbedContainer> = {}): ProbedContainer {
    return {
      id: asContainerId(of.name),
      container: of,
      fieldPath: `spec.containers{${of.name}}`,
      startedAtMs: this.clock.nowMs(),
      host: '10.0.0.7',
      started: false,
      ...change,
    };
  }

  sync(containers: readonly ProbedContainer[], change: Partial<ProbedPod> = {}): void {
    this.probes.sync({
      uid: UID,
      namespace: 'default',
      name: 'web',
      terminating: false,
      containers,
      ...change,
    });
  }

  health(): Record<string, unknown> {
    return Object.fromEntries(this.probes.health(UID));
  }

  #run(call: ProbeCall, signal: AbortSignal): Promise<ProbeOutcome> {
    this.calls.push(call);
    const { kind, container: of } = call;
    const who = of.name === 'main' ? kind : `${of.name} ${kind}`;
    this.asked.push(`${this.seconds()} ${who}`);
    const letters = this.answers[kind] ?? 's';
    const count = this.calls.filter((each) => each.kind === kind && each.id === call.id).length;
    const letter = letters.at(Math.min(count, letters.length) - 1) ?? 's';
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => {
        this.cancelled += 1;
        if (!this.heedless) reject(new Error('cancelled'));
      });
      const settle = (): void =>
        letter === 'x' ? reject(new Error('no such thing')) : resolve(outcomeOf(letter));
      if (this.tookMs === 0) settle();
      else this.clock.setTimer(this.tookMs, settle);
    });
  }
}

function outcomeOf(letter: string): ProbeOutcome {
  if (letter === 'f') return { result: 'failure', message: 'HTTP probe failed with statuscode: 500' };
  if (letter === 'w') return { result: 'warning', message: 'Probe terminated redirects, Response body: ' };
  return { result: 'success', message: '' };
}
