import { hasCode } from '../base/index.ts';
import type { ContainerConfig, PodSandboxConfig } from '../cri/index.ts';
import type { ImageNeed } from '../images/index.ts';
import type { HookRun, StopRun } from '../lifecycle/index.ts';
import type { ContainerId, PodCgroup, PodUid, SandboxId } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Wait } from '../targets/index.ts';
import type { ContainerFiles, VolumesRequest } from '../volumes/index.ts';
import { containerFailureKey, stopFailureKey } from './failures.ts';

/**
 * What a pass may do. A plan lists actions in order; the first that fails ends the pass, and the next plan looks again.
 * Each is idempotent: "already so" is success.
 */
export type Action =
  /** Writes the pod's record; stands before the act it announces. */
  | { readonly type: 'save-record'; readonly record: PodRecord }
  /** Looks for an image and begins a pull if it must; does not wait for it. */
  | { readonly type: 'ensure-image'; readonly need: ImageNeed }
  /** Makes the pod's own cgroup, or brings its limits up to date. */
  | { readonly type: 'set-up-cgroup'; readonly uid: PodUid; readonly cgroup: PodCgroup }
  /** Makes the pod's volumes, or brings their content up to date. */
  | { readonly type: 'set-up-volumes'; readonly uid: PodUid; readonly request: VolumesRequest }
  | { readonly type: 'run-sandbox'; readonly config: PodSandboxConfig; readonly handler: string }
  | {
      readonly type: 'create-container';
      readonly need: ImageNeed;
      readonly sandboxId: SandboxId;
      /** What has to be on disk first. */
      readonly files: ContainerFiles;
      readonly config: ContainerConfig;
      readonly sandboxConfig: PodSandboxConfig;
    }
  | { readonly type: 'start-container'; readonly id: ContainerId; readonly container: string }
  /** Begins a hook, and does not wait for it. */
  | { readonly type: 'begin-hook'; readonly hook: HookRun }
  /** Begins to stop a container, and does not wait for it. `why` is told where it is not for an edit or a removal. */
  | { readonly type: 'begin-stop'; readonly stop: StopRun; readonly why?: string }
  /** Kills what is left in the sandbox and takes its network down. */
  | { readonly type: 'stop-sandbox'; readonly id: SandboxId }
  | RemoveContainer
  /** Stops it first, even when it is dead: the runtime refuses to remove one whose network was not taken down. */
  | {
      readonly type: 'remove-sandbox';
      readonly id: SandboxId;
      readonly attempt: number;
      readonly why: string;
    }
  /**
   * Unmounts and deletes what the pod had on disk; claims stay. Only when nothing of it runs any more. What an evicted pod had goes once
   * more after every start of the daemon.
   */
  | { readonly type: 'tear-down-volumes'; readonly uid: PodUid; readonly why: string }
  | { readonly type: 'remove-cgroup'; readonly uid: PodUid }
  | { readonly type: 'delete-logs'; readonly directory: string; readonly why: string }
  /** The end of a pod's life. */
  | { readonly type: 'delete-record'; readonly uid: PodUid };

/** What is thrown away, and why: nobody can look at it afterwards. */
interface RemoveContainer {
  readonly type: 'remove-container';
  readonly id: ContainerId;
  readonly container: string;
  readonly attempt: number;
  readonly why: string;
  readonly logs?: InstanceLogs;
}

export interface InstanceLogs {
  readonly directory: string;
  readonly container: string;
  readonly attempt: number;
}

/** One pass's decision about one pod: plain data, to be executed, printed, or compared in a test. */
export interface Plan {
  readonly actions: readonly Action[];
  readonly waits: readonly Wait[];
  /** When to look again though nothing is waited for (wall clock). */
  readonly wakeAtMs?: number;
}

/** What a failing action backs off: the next plan leaves that thing alone for a while and goes on with the others. */
export function failureKey(action: Action): string {
  switch (action.type) {
    case 'run-sandbox':
      return 'sandbox';
    case 'create-container':
      return containerFailureKey(action.need.container);
    case 'start-container':
      return containerFailureKey(action.container);
    case 'begin-stop':
      return stopFailureKey(action.stop.id);
    default:
      return action.type;
  }
}

/** The kubelet's reason for a failed action, as it is shown while the pod waits. */
export function failureReason(action: Action, error: unknown): string {
  switch (action.type) {
    case 'run-sandbox':
      return 'FailedCreatePodSandBox';
    case 'set-up-volumes':
      return 'FailedMount';
    case 'set-up-cgroup':
      return 'FailedCreatePodContainer';
    case 'create-container':
      // What a mount asks for and cannot have is told of the configuration, not of the runtime (kubelet: generateContainerConfig).
      return hasCode(error, 'VOLUME_SETUP') ? 'CreateContainerConfigError' : 'CreateContainerError';
    case 'start-container':
      return 'RunContainerError';
    case 'begin-stop':
    case 'stop-sandbox':
    case 'remove-sandbox':
    case 'tear-down-volumes':
    case 'remove-cgroup':
      return 'FailedKillPod';
    default:
      return 'FailedSync';
  }
}
