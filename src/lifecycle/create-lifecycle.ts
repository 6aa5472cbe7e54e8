import type { Clock, Logger } from '../base/index.ts';
import type { PodUid } from '../pod/index.ts';
import { HooksUnderWay } from './hooks-under-way.ts';
import type { Lifecycle, LifecycleListener, RunHook, StopRun } from './lifecycle.ts';
import { StopsUnderWay } from './stops-under-way.ts';

export interface LifecycleOptions {
  readonly clock: Clock;
  readonly run: RunHook;
  /** Stops one container and resolves when it has ended. */
  readonly stop: (run: StopRun, signal: AbortSignal) => Promise<void>;
  /** Told after the state has changed; never of what was forgotten or cancelled by `close`. */
  readonly listener: LifecycleListener;
  readonly logger: Logger;
  /** Takes out of what a hook of a pod said what nobody is to read in the log. */
  readonly hide?: (uid: PodUid, text: string) => string;
}

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const hooks = new HooksUnderWay(options);
  const stops = new StopsUnderWay(options);
  return {
    beginHook: (run) => hooks.begin(run),
    hookState: (id, kind) => hooks.state(id, kind),
    beginStop: (run) => stops.begin(run),
    isStopping: (id) => stops.has(id),
    keepOnly: (uid, ids) => hooks.keepOnly(uid, ids),
    async settle() {
      for (;;) {
        const underWay = [...hooks.underWay(), ...stops.underWay()];
        if (underWay.length === 0) return;
        await Promise.all(underWay);
      }
    },
    close() {
      hooks.close();
      stops.close();
    },
  };
}
