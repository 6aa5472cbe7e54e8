import type { Reconciler } from '../reconcile/index.ts';

/**
 * Resolves when the files were looked at for the first time, whether or not the runtime answers. Until then a daemon knows only what the
 * one before it has recorded: what that had deleted or written last, and told its clients, would be there again, or not there yet.
 */
export function firstLook(reconciler: Pick<Reconciler, 'looks' | 'onChange'>): Promise<void> {
  return new Promise((resolve) => {
    reconciler.onChange(() => {
      if (reconciler.looks().inForce > 0) resolve();
    });
  });
}
