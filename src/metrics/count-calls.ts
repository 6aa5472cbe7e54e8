import type { Clock } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';

export interface CallObserver {
  /** A call of the runtime has ended. `operation` is the kubelet's word for it. */
  called(operation: string, durationMs: number, failed: boolean): void;
}

/**
 * The port, with every call counted and timed under the kubelet's names (kubelet: kuberuntime/instrumented_services.go). `facts` makes
 * its calls at once, and counts as the one it is about: the runtime's status.
 */
export function countCalls(cri: Cri, clock: Clock, observer: CallObserver): Cri {
  const count = async <T>(operation: string, call: () => Promise<T>): Promise<T> => {
    const begunMs = clock.monotonicMs();
    let failed = true;
    try {
      const answer = await call();
      failed = false;
      return answer;
    } finally {
      observer.called(operation, clock.monotonicMs() - begunMs, failed);
    }
  };
  return {
    version: (...given) => count('version', () => cri.version(...given)),
    facts: (...given) => count('status', () => cri.facts(...given)),
    status: (...given) => count('status', () => cri.status(...given)),
    listSandboxes: (...given) => count('list_podsandbox', () => cri.listSandboxes(...given)),
    listContainers: (...given) => count('list_containers', () => cri.listContainers(...given)),
    sandboxStatus: (...given) => count('podsandbox_status', () => cri.sandboxStatus(...given)),
    containerStatus: (...given) => count('container_status', () => cri.containerStatus(...given)),
    runSandbox: (...given) => count('run_podsandbox', () => cri.runSandbox(...given)),
    stopSandbox: (...given) => count('stop_podsandbox', () => cri.stopSandbox(...given)),
    removeSandbox: (...given) => count('remove_podsandbox', () => cri.removeSandbox(...given)),
    createContainer: (...given) => count('create_container', () => cri.createContainer(...given)),
    startContainer: (...given) => count('start_container', () => cri.startContainer(...given)),
    stopContainer: (...given) => count('stop_container', () => cri.stopContainer(...given)),
    removeContainer: (...given) => count('remove_container', () => cri.removeContainer(...given)),
    execSync: (...given) => count('exec_sync', () => cri.execSync(...given)),
    reopenContainerLog: (...given) => count('reopen_container_log', () => cri.reopenContainerLog(...given)),
    exec: (...given) => count('exec', () => cri.exec(...given)),
    attach: (...given) => count('attach', () => cri.attach(...given)),
    portForward: (...given) => count('port_forward', () => cri.portForward(...given)),
    containerUsage: (...given) => count('list_container_stats', () => cri.containerUsage(...given)),
    imageStatus: (...given) => count('image_status', () => cri.imageStatus(...given)),
    listImages: (...given) => count('list_images', () => cri.listImages(...given)),
    pullImage: (...given) => count('pull_image', () => cri.pullImage(...given)),
    removeImage: (...given) => count('remove_image', () => cri.removeImage(...given)),
    imageFsInfo: (...given) => count('image_fs_info', () => cri.imageFsInfo(...given)),
  };
}
