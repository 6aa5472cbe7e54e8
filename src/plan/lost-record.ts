import type { PodKey } from '../pod/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Target } from '../targets/index.ts';

/** Stands for a record that is lost, with its manifest: enough to end what is left of the pod. */
export function lostRecord(
  { uid, key, file }: Pick<Target, 'uid' | 'file'> & { readonly key: PodKey },
  nowMs: number,
): PodRecord {
  const [namespace = '', name = ''] = key.split('/');
  return {
    ...{ version: 1, uid, namespace, name, file },
    pod: {
      metadata: { namespace, name, labels: {}, annotations: {} },
      spec: {
        containers: [],
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 30,
        hostNetwork: false,
      },
    },
    createdAtMs: nowMs,
    stops: {},
  };
}
