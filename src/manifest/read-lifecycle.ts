import {
  type ContainerPort,
  type HookHandler,
  type HookKind,
  type Lifecycle,
  type StopSignal,
  stopSignalNames,
} from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import type { Fields } from './fields.ts';
import type { PodContext } from './pod-context.ts';
import { present, unlessEmpty } from './present.ts';
import { chosenHandler, HOOK_HANDLERS, readCommonHandler } from './read-handler.ts';

/** What hooks are checked against: the container's own ports, and its pod. */
interface Surroundings {
  readonly ports: readonly ContainerPort[];
  readonly pod: Pick<PodContext, 'gracePeriodSeconds' | 'namesSystem'>;
}

/** Reads the hooks of a container, and the signal it is stopped with (core/validation: validateLifecycle). */
export function readLifecycle(container: Fields, around: Surroundings): Lifecycle | undefined {
  const fields = container.object('lifecycle', shapeOf('V1Lifecycle'));
  if (fields === undefined) return undefined;
  return unlessEmpty(
    present({
      postStart: readHook(fields, 'postStart', around),
      preStop: readHook(fields, 'preStop', around),
      stopSignal: readStopSignal(fields, around.pod),
    }),
  );
}

function readHook(lifecycle: Fields, name: HookKind, around: Surroundings): HookHandler | undefined {
  if (!lifecycle.has(name)) return undefined;
  const fields = lifecycle.object(name, shapeOf('V1LifecycleHandler'));
  if (fields === undefined) return undefined;
  const kind = chosenHandler(fields, HOOK_HANDLERS);
  if (kind === undefined) return undefined;
  if (kind === 'sleep') return readSleep(fields, around.pod.gracePeriodSeconds);
  if (kind === 'tcpSocket') {
    fields.note('tcpSocket', 'deprecated: the hook of a kubelet fails, here it connects to the port');
  }
  return readCommonHandler(fields, kind, around.ports);
}

/** Longer than the grace period nobody would wait for it, be it before the stop or after the start. */
function readSleep(owner: Fields, gracePeriodSeconds: number): HookHandler | undefined {
  const fields = owner.object('sleep', shapeOf('V1SleepAction'));
  if (fields === undefined) return undefined;
  const seconds = fields.integer('seconds', 'int64') ?? 0;
  if (seconds < 0 || seconds > gracePeriodSeconds) {
    const rule = `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriodSeconds})`;
    owner.reportInvalid('sleep', seconds, [rule]);
  }
  return { kind: 'sleep', seconds };
}

function readStopSignal(fields: Fields, pod: Surroundings['pod']): StopSignal | undefined {
  if (fields.isEmpty('stopSignal')) return undefined;
  if (!pod.namesSystem) {
    const rule = 'may not be set for containers with empty `spec.os.name`';
    fields.report('stopSignal', `Forbidden: ${rule}: add os: {name: linux} to the spec`);
  }
  const signal = fields.word('stopSignal', stopSignalNames);
  if (signal !== undefined) {
    fields.note('stopSignal', 'containerd obeys it from 2.3 on; before, the STOPSIGNAL of the image counts');
  }
  return signal;
}
