import type { Action } from './actions.ts';

/** An action in a few words for people; never a whole config, which may hold what is nobody's business. */
export function actionWords(action: Action): string {
  switch (action.type) {
    case 'save-record':
      return 'record';
    case 'ensure-image':
      return `look for image "${action.need.image}"`;
    case 'set-up-cgroup':
      return 'set up the cgroup';
    case 'set-up-volumes':
      return 'set up volumes';
    case 'run-sandbox':
      return `make sandbox #${action.config.metadata?.attempt ?? 0}`;
    case 'create-container':
      return `create container ${action.need.container} #${action.need.attempt}`;
    case 'start-container':
      return `start container ${action.container}`;
    case 'begin-hook':
      return `begin the ${action.hook.hook} hook of container ${action.hook.container}`;
    case 'begin-stop':
      return `begin to stop container ${action.stop.container} (${action.stop.timeoutSeconds} s)`;
    case 'stop-sandbox':
      return `stop sandbox ${shortId(action.id)}`;
    case 'remove-container':
      return `remove container ${action.container} #${action.attempt} (${action.why})`;
    case 'remove-sandbox':
      return `remove sandbox ${shortId(action.id)} (${action.why})`;
    case 'tear-down-volumes':
      return 'tear down volumes';
    case 'remove-cgroup':
      return 'remove the cgroup';
    case 'delete-logs':
      return 'delete logs';
    case 'delete-record':
      return 'forget the pod';
  }
}

/** As people write ids. */
function shortId(id: string): string {
  return id.slice(0, 13);
}
