import type { HookRun } from '../../src/lifecycle/index.ts';
import type { ProbeCall, ProbeOutcome } from '../../src/probes/index.ts';
import type { PodRecord } from '../../src/state/index.ts';
import type { CallEvent } from '../fakes/runtime-model.ts';
import type { Call, CallRequest } from './call.ts';
import { attempts } from './checks/attempts.ts';
import { callsInFlight } from './checks/calls-in-flight.ts';
import type { Check, CheckOf } from './checks/check.ts';
import { ended } from './checks/ended.ts';
import { faults } from './checks/faults.ts';
import { gentleUpdate } from './checks/gentle-update.ts';
import { goodVersion } from './checks/good-version.ts';
import { grace } from './checks/grace.ts';
import { hostPorts } from './checks/host-ports.ts';
import { initOrder } from './checks/init-order.ts';
import { madeFrom } from './checks/made-from.ts';
import { needlessStop } from './checks/needless-stop.ts';
import { oneSandbox } from './checks/one-sandbox.ts';
import { ownership } from './checks/ownership.ts';
import { podOrder } from './checks/pod-order.ts';
import { postStart } from './checks/post-start.ts';
import { preStop } from './checks/pre-stop.ts';
import { proofOfRemoval } from './checks/proof-of-removal.ts';
import { pullPolicy } from './checks/pull-policy.ts';
import { recordFirst } from './checks/record-first.ts';
import { restarts } from './checks/restarts.ts';
import { shutdown } from './checks/shutdown.ts';
import { sidecarOrder } from './checks/sidecar-order.ts';
import { volumes } from './checks/volumes.ts';
import type { Facts } from './facts.ts';
import type { Trace } from './trace.ts';

const CHECKS: readonly CheckOf[] = [
  oneSandbox,
  callsInFlight,
  ownership,
  restarts,
  attempts,
  recordFirst,
  hostPorts,
  // These look for the first stop signal, which the next one notes.
  preStop,
  sidecarOrder,
  grace,
  proofOfRemoval,
  needlessStop,
  shutdown,
  pullPolicy,
  volumes,
  ended,
  madeFrom,
  initOrder,
  postStart,
  faults,
  gentleUpdate,
  goodVersion,
  podOrder,
];

export interface Violation {
  readonly property: string;
  readonly words: string;
  readonly trace: string;
}

/** Holds every event against every property. Remembers the first violation; what follows one proves nothing. */
export class Safety {
  readonly #facts: Facts;
  readonly #trace: Trace;
  readonly #checks: readonly Check[];
  /** The version of the manifest that each creation under way was planned from. */
  readonly #creations = new Map<string, CallRequest>();
  violation: Violation | undefined;

  constructor(facts: Facts, trace: Trace) {
    this.#facts = facts;
    this.#trace = trace;
    const violate = (property: string, ...words: readonly unknown[]): void =>
      this.violate(property, ...words);
    this.#checks = CHECKS.map((check) => check(facts, violate));
    facts.model.onCall((event) => this.#onCall(event));
    facts.model.onChange(({ kind, id, what }) => {
      if (kind === 'sandbox') this.#onSandbox(id, what);
      else if (kind === 'container') this.#onContainer(id, what);
    });
    facts.records.onSaved = (record, before) => this.#onSaved(record, before);
    facts.records.onRemoved = (uid) => {
      this.#trace.note('=', 'record', uid, 'removed');
      for (const check of this.#checks) check.onRecordRemoved?.(uid);
      facts.endLife(uid);
    };
    facts.volumes.onTearDown = (uid) => {
      this.#trace.note('=', 'volumes', uid, 'torn down');
      for (const check of this.#checks) check.onTearDown?.(uid);
    };
  }

  violate(property: string, ...words: readonly unknown[]): void {
    this.#trace.note('VIOLATION', property, ...words);
    this.violation ??= { property, words: words.join(' '), trace: this.#trace.render() };
  }

  /** A daemon begins a hook. */
  noteHookBegin(run: HookRun, daemon: object): void {
    this.#trace.note('>', run.hook, run.container, run.id.slice(0, 8), run.limitMs ?? '');
    for (const check of this.#checks) check.onHookBegin?.(run, daemon);
    this.#facts.lives.beginHook(run, daemon);
  }

  noteHookEnd(run: HookRun, failed: boolean): void {
    this.#trace.note('<', run.hook, run.container, run.id.slice(0, 8), failed ? 'failed' : 'done');
    this.#facts.lives.endHook(run, failed);
    for (const check of this.#checks) check.onHookEnd?.(run);
  }

  noteProbe(call: ProbeCall, outcome: ProbeOutcome): void {
    const { lives } = this.#facts;
    const before = lives.probe(call.id, call.kind)?.row.success;
    lives.noteProbe(call, outcome);
    const { success } = lives.probe(call.id, call.kind)?.row ?? {};
    if (success !== before) this.#trace.note('?', call.kind, call.id.slice(0, 8), outcome.result);
  }

  #onCall(event: CallEvent): void {
    if (!event.mutating) return;
    if (event.phase === 'before') this.#onBegin(event);
    else this.#onEnd(event);
  }

  #onBegin(event: CallEvent): void {
    const facts = this.#facts;
    const call: Call = {
      sequence: event.sequence,
      name: event.call,
      request: event.request as CallRequest,
      uid: event.podUid,
      atMs: facts.clock.monotonicMs(),
      atWallMs: facts.clock.nowMs(),
      daemon: facts.daemon,
    };
    this.#trace.note('>', event.sequence, event.call, ...describe(call));
    facts.inFlight.set(call.sequence, call);
    if (call.name === 'CreateContainer') this.#creations.set(creationKey(call), call.request);
    for (const check of this.#checks) check.onCall?.(call);
  }

  #onEnd({ sequence, failure }: CallEvent): void {
    const call = this.#facts.inFlight.get(sequence);
    if (call === undefined) return;
    this.#trace.note('<', sequence, call.name, failure === undefined ? 'ok' : failure.details);
    this.#facts.inFlight.delete(sequence);
    if (call.uid !== undefined) this.#facts.lastEndMs.set(call.uid, this.#facts.clock.monotonicMs());
    for (const check of this.#checks) check.onEnd?.(call, failure !== undefined);
  }

  #onSandbox(id: string, what: string): void {
    this.#trace.note('*', 'sandbox', id.slice(0, 8), what);
    const known = this.#facts.sandboxes.get(id);
    if (what === 'removed' && known !== undefined) known.removed = true;
    if (what !== 'created') return;
    const made = this.#facts.noteSandbox(id);
    if (made !== undefined) for (const check of this.#checks) check.onSandboxMade?.(made);
  }

  #onContainer(id: string, what: string): void {
    const facts = this.#facts;
    if (what === 'created') this.#onCreated(id);
    const instance = facts.instances.get(id);
    if (instance === undefined) return;
    this.#trace.note(
      '*',
      instance.key,
      instance.name,
      instance.attempt,
      id.slice(0, 8),
      what,
      facts.model.container(id)?.exitCode,
    );
    if (what === 'removed') facts.noteRemoved(instance);
    if (what === 'started') {
      instance.startedAtMs = facts.clock.monotonicMs();
      instance.startedUnseen = ![...facts.inFlight.values()].some(
        ({ name, request }) => name === 'StartContainer' && request.container_id === id,
      );
      for (const check of this.#checks) check.onStarted?.(instance);
    }
    if (what === 'exited') {
      instance.exitedAtMs = facts.clock.monotonicMs();
      instance.exitedAtWallMs = facts.clock.nowMs();
      instance.exitCode = facts.model.container(id)?.exitCode ?? 0;
      for (const check of this.#checks) check.onExited?.(instance);
    }
  }

  #onCreated(id: string): void {
    const { config } = this.#facts.model.container(id) ?? {};
    const key = instanceKey(config?.labels?.['io.kubernetes.pod.uid'], config?.metadata);
    const pod = this.#facts.versions.of(this.#creations.get(key)?.sandbox_config?.annotations);
    if (pod !== undefined) this.#facts.noteInstance(id, pod);
  }

  #onSaved(record: PodRecord, before: PodRecord | undefined): void {
    this.#trace.note(
      '=',
      'record',
      record.uid,
      record.file,
      record.deletionStartedAtMs === undefined ? '' : 'deletion',
      record.ended?.reason ?? '',
    );
    for (const check of this.#checks) check.onSaved?.(record, before);
    this.#facts.noteSaved(record);
  }
}

function describe({ request, uid }: Call): unknown[] {
  const { config, timeout, container_id: container, pod_sandbox_id: sandbox } = request;
  const metadata = config?.metadata;
  return [
    metadata === undefined ? '' : `${metadata.name}/${metadata.attempt}`,
    (container ?? sandbox ?? '').slice(0, 8),
    timeout === undefined ? '' : `timeout ${timeout}`,
    uid ?? '',
  ].filter((word) => word !== '');
}

function creationKey({ request, uid }: Call): string {
  return instanceKey(uid, request.config?.metadata);
}

function instanceKey(
  uid: string | undefined,
  metadata: { readonly name?: string; readonly attempt?: number } = {},
): string {
  return `${uid}/${metadata.name}/${metadata.attempt ?? 0}`;
}
