import type { ObservedSandbox } from '../pod/index.ts';
import type { Action } from './actions.ts';

/** Stopped first, even when it is dead: the runtime refuses to remove one whose network was not taken down. */
export function endSandbox({ id }: ObservedSandbox): Action[] {
  return [
    { type: 'stop-sandbox', id },
    { type: 'remove-sandbox', id },
  ];
}
