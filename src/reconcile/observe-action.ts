import type { ContainerType, WorkObserver } from '../metrics/index.ts';
import type { Action } from '../plan/index.ts';
import { listOf, type Pod } from '../pod/index.ts';
import type { ActionStage } from './pod-events.ts';

const TYPES: Readonly<Record<ReturnType<typeof listOf>, ContainerType>> = {
  containers: 'container',
  initContainers: 'init_container',
  ephemeralContainers: 'ephemeral_container',
};

/** Counts what pods and containers were begun, and how many in vain, as the kubelet does (kubelet: kuberuntime_manager.go SyncPod). */
export function observeAction(
  observer: WorkObserver,
  action: Action,
  stage: ActionStage,
  pod: Pod | undefined,
): void {
  const typeOf = (name: string): ContainerType =>
    pod === undefined ? 'container' : TYPES[listOf(name, pod)];
  switch (action.type) {
    case 'run-sandbox':
      if (stage.stage === 'begun') observer.sandboxTried();
      if (stage.stage === 'failed') observer.sandboxFailed();
      return;
    case 'create-container': {
      const type = typeOf(action.need.container);
      if (stage.stage === 'begun') observer.containerTried(type);
      if (stage.stage === 'failed') observer.containerFailed(type, stage.reason);
      return;
    }
    case 'start-container':
      if (stage.stage === 'failed') observer.containerFailed(typeOf(action.container), stage.reason);
      return;
    default:
      return;
  }
}
