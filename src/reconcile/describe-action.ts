import type { Action } from '../plan/index.ts';

/** What only keeps books is not worth a line at level info. */
export function isBookkeeping(action: Action): boolean {
  const books: readonly Action['type'][] = ['save-record', 'ensure-image', 'set-up-cgroup', 'remove-cgroup'];
  return books.includes(action.type);
}

/** The facts of an action for the log: never a whole config, which may hold what is nobody's business. */
export function describeAction(action: Action): Record<string, unknown> {
  switch (action.type) {
    case 'create-container':
      return { action: action.type, container: action.need.container, attempt: action.need.attempt };
    case 'ensure-image':
      return { action: action.type, container: action.need.container, image: action.need.image };
    case 'start-container':
      return { action: action.type, container: action.container };
    case 'begin-stop':
      return { action: action.type, container: action.stop.container };
    case 'begin-hook':
      return { action: action.type, container: action.hook.container, hook: action.hook.hook };
    case 'run-sandbox':
      return { action: action.type, attempt: action.config.metadata?.attempt };
    case 'remove-container':
      return {
        action: action.type,
        ...{ container: action.container, attempt: action.attempt, id: action.id, why: action.why },
      };
    case 'remove-sandbox':
      return { action: action.type, attempt: action.attempt, id: action.id, why: action.why };
    case 'tear-down-volumes':
      return { action: action.type, why: action.why };
    case 'delete-logs':
      return { action: action.type, directory: action.directory, why: action.why };
    default:
      return { action: action.type };
  }
}
