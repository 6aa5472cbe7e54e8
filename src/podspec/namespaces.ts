import type { NamespaceOption, UserNamespace } from '../cri/index.ts';
import type { Pod } from '../pod/index.ts';
import type { Place } from './place.ts';

/** How many ids a pod's user namespace has (kubelet: userNamespaces.idsPerPod). */
const USER_IDS = 65_536;

/**
 * What the pod shares with the machine and among its containers (kubelet: NamespacesForPod). The PID namespace is named explicitly:
 * the proto's zero value would share one among all containers.
 */
export function namespaceOptions({ spec }: Pod, { usersBase }: Place): NamespaceOption {
  return {
    network: spec.hostNetwork ? 'NODE' : 'POD',
    pid: spec.hostPID === true ? 'NODE' : spec.shareProcessNamespace === true ? 'POD' : 'CONTAINER',
    ipc: spec.hostIPC === true ? 'NODE' : 'POD',
    ...(spec.hostUsers === false && { userns_options: userNamespace(usersBase) }),
  };
}

/** Without ids the runtime refuses it, which is what must happen to a pod that wants a namespace and has none. */
function userNamespace(base: number | undefined): UserNamespace {
  const ids = base === undefined ? [] : [{ container_id: 0, host_id: base, length: USER_IDS }];
  return { mode: 'POD', uids: ids, gids: ids };
}
