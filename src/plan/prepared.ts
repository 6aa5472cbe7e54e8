import type { Pod } from '../pod/index.ts';
import type { Target } from '../targets/index.ts';
import type { Action } from './actions.ts';

/**
 * What was last made for the pod by this daemon, to compare with. Memory only: after a restart it is made once more, which changes
 * nothing.
 */
export interface Prepared {
  readonly volumes?: {
    /** The volumes of the manifest that they were made for (`volumesText`). */
    readonly of: string;
    /** The request as text; absent where a later one failed halfway. */
    readonly request?: string;
  };
  /** The cgroup as text. */
  readonly cgroup?: string;
  /** What an ended pod had on disk is gone. */
  readonly cleared?: true;
}

export function volumesText({ spec }: Pod): string {
  return JSON.stringify(spec.volumes ?? []);
}

/** An action that begins may fail halfway: what it is to make is in doubt until it is done, and is asked for again. */
export function begun(before: Prepared, action: Action): Prepared {
  const { volumes, cgroup, ...rest } = before;
  const doubted = volumes && { volumes: { of: volumes.of } };
  switch (action.type) {
    case 'set-up-volumes':
      return { ...rest, ...doubted, ...(cgroup !== undefined && { cgroup }) };
    case 'set-up-cgroup':
    case 'remove-cgroup':
      return { ...rest, ...(volumes && { volumes }) };
    case 'tear-down-volumes':
      return { ...rest, ...(cgroup !== undefined && { cgroup }) };
    default:
      return before;
  }
}

export function done(before: Prepared, action: Action, target: Target): Prepared {
  const { cleared: _, ...rest } = before;
  switch (action.type) {
    case 'set-up-volumes': {
      const of = target.kind === 'run' ? volumesText(target.pod) : '';
      return { ...rest, volumes: { of, request: JSON.stringify(action.request) } };
    }
    case 'set-up-cgroup':
      return { ...before, cgroup: JSON.stringify(action.cgroup) };
    case 'tear-down-volumes':
      return { ...before, cleared: true };
    case 'delete-record':
      // The same UID may come back as another life.
      return {};
    default:
      return before;
  }
}
