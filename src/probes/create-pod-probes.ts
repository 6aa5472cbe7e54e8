import { type Clock, type Logger, messageOf, type Random } from '../base/index.ts';
import type { ContainerHealth, ContainerId, Health, PodUid, ProbeKind, TellEvent } from '../pod/index.ts';
import type { PodProbes, ProbedContainer, ProbedPod, ProbeOutcome, RunProbe } from './pod-probes.ts';
import { type InstancePorts, ProbedInstance, type ProbeOf } from './probed-instance.ts';

export interface PodProbesPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly run: RunProbe;
  readonly tell: TellEvent;
  /** The health of a pod is another one; never called within sync, forget or close. */
  readonly onChange: (uid: PodUid) => void;
  readonly logger: Logger;
}

/** The probes of one machine. The daemon is taken to begin now. */
export function createPodProbes(ports: PodProbesPorts): PodProbes {
  return new WorkingProbes(ports);
}

/** What is known of one pod. */
interface Watched {
  pod: ProbedPod;
  readonly instances: Map<ContainerId, ProbedInstance>;
  health: Health;
}

const NOTHING: Health = new Map();

class WorkingProbes implements PodProbes {
  readonly #ports: PodProbesPorts;
  readonly #began: InstancePorts['began'];
  readonly #pods = new Map<PodUid, Watched>();

  constructor(ports: PodProbesPorts) {
    this.#ports = ports;
    this.#began = { wallMs: ports.clock.nowMs(), monotonicMs: ports.clock.monotonicMs() };
  }

  sync(pod: ProbedPod): void {
    const known = this.#pods.get(pod.uid);
    if (pod.containers.length === 0) this.forget(pod.uid);
    else if (known === undefined) this.#bring({ pod, instances: new Map(), health: NOTHING });
    else if (!isSamePod(known.pod, pod)) this.#bring(Object.assign(known, { pod }));
  }

  health(uid: PodUid): Health {
    return this.#pods.get(uid)?.health ?? NOTHING;
  }

  forget(uid: PodUid): void {
    for (const instance of this.#pods.get(uid)?.instances.values() ?? []) instance.close();
    this.#pods.delete(uid);
  }

  close(): void {
    for (const uid of [...this.#pods.keys()]) this.forget(uid);
  }

  #bring(watched: Watched): void {
    const { pod, instances } = watched;
    this.#pods.set(pod.uid, watched);
    const running = new Set(pod.containers.map(({ id }) => id));
    for (const [id, instance] of instances) {
      if (running.has(id)) continue;
      instance.close();
      instances.delete(id);
    }
    for (const probed of pod.containers) {
      const instance = instances.get(probed.id);
      if (instance !== undefined) instance.update(probed, pod.terminating);
      else instances.set(probed.id, new ProbedInstance(this.#portsFor(watched), probed, pod.terminating));
    }
    publish(watched);
  }

  #portsFor(watched: Watched): InstancePorts {
    const errored = (error: unknown): string => `errored and resulted in unknown state: ${messageOf(error)}`;
    return {
      ...this.#ports,
      began: this.#began,
      onOutcome: (of, outcome) => this.#onOutcome(watched, of, outcome),
      onError: (of, error) => this.#warn(watched, of, { reason: 'Unhealthy', words: errored(error) }),
    };
  }

  #onOutcome(watched: Watched, of: ProbeOf, { result, message }: ProbeOutcome): void {
    if (result === 'failure') this.#warn(watched, of, { reason: 'Unhealthy', words: `failed: ${message}` });
    if (result === 'warning')
      this.#warn(watched, of, { reason: 'ProbeWarning', words: `warning: ${message}` });
    if (!publish(watched)) return;
    this.#log(watched, of);
    this.#ports.onChange(watched.pod.uid);
  }

  #warn({ pod }: Watched, { kind, probed }: ProbeOf, told: { reason: string; words: string }): void {
    const { uid, namespace, name } = pod;
    const { reason, words } = told;
    const message = `${TITLE[kind]} probe ${words}`;
    this.#ports.tell({
      ...{ uid, namespace, name, reason, message },
      fieldPath: probed.fieldPath,
      type: 'Warning',
    });
  }

  #log({ pod, health }: Watched, { kind, probed }: ProbeOf): void {
    const { started, ready, failed } = health.get(probed.id) ?? {};
    const subject = { pod: `${pod.namespace}/${pod.name}`, container: probed.container.name, probe: kind };
    this.#ports.logger.info({ ...subject, started, ready, failed: failed?.probe }, 'health changed');
  }
}

/** As the kubelet begins its messages (kubelet: prober probeType). */
const TITLE: Readonly<Record<ProbeKind, string>> = {
  startup: 'Startup',
  liveness: 'Liveness',
  readiness: 'Readiness',
};

/** Makes another map where something is no longer as it was, and tells whether it did. */
function publish(watched: Watched): boolean {
  const now = new Map([...watched.instances].map(([id, instance]) => [id, instance.health()] as const));
  const same =
    now.size === watched.health.size &&
    [...now].every(([id, each]) => isSameHealth(each, watched.health.get(id)));
  if (!same) watched.health = now;
  return !same;
}

function isSameHealth(a: ContainerHealth, b: ContainerHealth | undefined): boolean {
  return (
    a.started === b?.started &&
    a.ready === b.ready &&
    a.failed?.probe === b.failed?.probe &&
    a.failed?.message === b.failed?.message
  );
}

/** By identity alone, which is what nearly every pass finds: Containers are immutable. */
function isSamePod(a: ProbedPod, b: ProbedPod): boolean {
  return (
    a.terminating === b.terminating &&
    a.containers.length === b.containers.length &&
    a.containers.every((each, index) => isSameContainer(each, b.containers[index]))
  );
}

function isSameContainer(a: ProbedContainer, b: ProbedContainer | undefined): boolean {
  return (
    a === b ||
    (a.id === b?.id &&
      a.container === b.container &&
      a.host === b.host &&
      a.started === b.started &&
      a.startedAtMs === b.startedAtMs &&
      a.fieldPath === b.fieldPath)
  );
}
