import { assertNever, type Limiter, TinyletError } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import type { PodCgroups } from '../host/index.ts';
import type { ImageKeeper } from '../images/index.ts';
import type { Lifecycle } from '../lifecycle/index.ts';
import type { PodLogs } from '../logs/index.ts';
import type { Action } from '../plan/index.ts';
import type { PodUid } from '../pod/index.ts';
import type { PodRecords } from '../state/index.ts';
import type { PodVolumes } from '../volumes/index.ts';

export interface ExecutePorts {
  readonly cri: Cri;
  readonly images: Pick<ImageKeeper, 'ensure' | 'release' | 'forget'>;
  readonly logs: PodLogs;
  readonly volumes: Pick<PodVolumes, 'setUp' | 'prepareContainer' | 'tearDown'>;
  readonly cgroups: PodCgroups;
  readonly records: Pick<PodRecords, 'save' | 'remove'>;
  readonly lifecycle: Pick<Lifecycle, 'beginHook' | 'beginStop'>;
  /** Told after a pod's record was removed, with which it is gone. */
  readonly onGone: (uid: PodUid) => void;
  /** Bounds the calls that cost the machine much: making and starting things. */
  readonly busy: Limiter;
  /** True once nothing new may be made, also by what waits for its turn. Never, if absent. */
  readonly draining?: () => boolean;
  readonly signal: AbortSignal;
}

/** Does one action. Makes no choices; rejects with the error of the call that failed. */
export async function execute(action: Action, ports: ExecutePorts): Promise<void> {
  const { cri, images, logs, signal } = ports;
  switch (action.type) {
    case 'save-record':
      return ports.records.save(action.record);
    case 'ensure-image':
      return images.ensure(action.need);
    case 'set-up-cgroup':
      return ports.cgroups.setUp(action.uid, action.cgroup);
    case 'set-up-volumes':
      return ports.volumes.setUp(action.uid, action.request);
    case 'run-sandbox':
      await inTurn(ports, () => cri.runSandbox(action.config, { signal, runtimeHandler: action.handler }));
      return;
    case 'create-container':
      return createContainer(action, ports);
    case 'start-container':
      return inTurn(ports, () => cri.startContainer(action.id, { signal }));
    case 'begin-hook':
      return ports.lifecycle.beginHook(action.hook);
    case 'begin-stop':
      return ports.lifecycle.beginStop(action.stop);
    case 'stop-sandbox':
      return cri.stopSandbox(action.id, { signal });
    case 'remove-container':
      // The logs first (kubelet: removeContainer): once the container is gone nobody knows of them.
      if (action.logs !== undefined) await logs.removeInstance(action.logs);
      return cri.removeContainer(action.id, { signal });
    case 'remove-sandbox':
      await cri.stopSandbox(action.id, { signal });
      return cri.removeSandbox(action.id, { signal });
    case 'tear-down-volumes':
      return ports.volumes.tearDown(action.uid);
    case 'remove-cgroup':
      return ports.cgroups.remove(action.uid);
    case 'delete-logs':
      return logs.removePod(action.directory);
    case 'delete-record':
      await ports.records.remove(action.uid);
      images.release(action.uid);
      return ports.onGone(action.uid);
    default:
      return assertNever(action);
  }
}

function inTurn<T>({ busy, draining }: ExecutePorts, call: () => Promise<T>): Promise<T> {
  return busy.run(() => {
    if (draining?.()) throw new TinyletError('CRI_CANCELLED', 'not begun: it is not wanted any more');
    return call();
  });
}

async function createContainer(
  action: Extract<Action, { type: 'create-container' }>,
  ports: ExecutePorts,
): Promise<void> {
  const directory = action.sandboxConfig.log_directory ?? '';
  await ports.logs.prepare({ directory, container: action.need.container });
  const { sandboxId, config, sandboxConfig } = action;
  await ports.volumes.prepareContainer(action.need.uid, action.files);
  try {
    await inTurn(ports, () =>
      ports.cri.createContainer({ sandboxId, config, sandboxConfig }, { signal: ports.signal }),
    );
  } catch (error) {
    // The image may have been removed meanwhile: the next try looks again.
    ports.images.forget(action.need);
    throw error;
  }
}
