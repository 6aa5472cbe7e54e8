import type { HookRun } from '../../../src/lifecycle/index.ts';
import type { PodRecord } from '../../../src/state/index.ts';
import type { Call } from '../call.ts';
import type { Facts } from '../facts.ts';
import type { Instance, Sandbox } from '../instance.ts';

/** One property. Each hook is called at the instant of the event, after the facts know of it. */
export interface Check {
  /** A daemon asks for a change; it has not reached the runtime yet. */
  readonly onCall?: (call: Call) => void;
  /** The call ended, with an answer or without. */
  readonly onEnd?: (call: Call, failed: boolean) => void;
  readonly onSandboxMade?: (sandbox: Sandbox) => void;
  readonly onStarted?: (instance: Instance) => void;
  /** A daemon is about to begin a hook; the facts do not know of it yet. */
  readonly onHookBegin?: (run: HookRun, daemon: object) => void;
  readonly onHookEnd?: (run: HookRun) => void;
  readonly onExited?: (instance: Instance) => void;
  /** A daemon begins to take the volumes of a pod down. */
  readonly onTearDown?: (uid: string) => void;
  /** The pod is gone. */
  readonly onRecordRemoved?: (uid: string) => void;
  readonly onSaved?: (record: PodRecord, before: PodRecord | undefined) => void;
}

export type Violate = (property: string, ...words: readonly unknown[]) => void;

export type CheckOf = (facts: Facts, violate: Violate) => Check;
