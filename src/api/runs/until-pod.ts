import { type JsonObject, textAt } from '../../base/index.ts';
import type { ApiPorts, ObjectName } from '../ports.ts';

/**
 * Shows a pod to `judge` as it is, and again whenever it changes, until that says something: undefined is a pod that is not there. Resolves
 * to undefined when `signal` is aborted first.
 */
export function untilPod<T>(
  objects: ApiPorts['objects'],
  { namespace, name }: ObjectName,
  judge: (pod: JsonObject | undefined) => T | undefined,
  signal: AbortSignal,
): Promise<T | undefined> {
  const now = judge(objects.get('pods', namespace, name));
  if (now !== undefined || signal.aborted) return Promise.resolve(now);
  return new Promise((resolve, reject) => {
    const watching = new AbortController();
    const end = (told: T | undefined): void => {
      watching.abort();
      signal.removeEventListener('abort', onAbort);
      resolve(told);
    };
    const onAbort = (): void => end(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    const isWatched = objects.watch(
      'pods',
      objects.version,
      ({ type, object }) => {
        const { metadata } = object;
        if (textAt(metadata, 'name') !== name || textAt(metadata, 'namespace') !== namespace) return;
        const told = judge(type === 'DELETED' ? undefined : object);
        if (told !== undefined) end(told);
      },
      watching.signal,
    );
    if (!isWatched) reject(new Error('the pod cannot be watched'));
  });
}
