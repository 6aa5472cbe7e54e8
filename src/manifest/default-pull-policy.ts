import type { PullPolicy } from '../pod/index.ts';

/**
 * Kubernetes' default for imagePullPolicy: Always for the tag `latest`, written out (even beside a digest) or meant by
 * giving neither tag nor digest; IfNotPresent otherwise.
 */
export function defaultPullPolicy(image: string): PullPolicy {
  const [name = '', digest] = image.split('@', 2);
  // A colon before the last slash belongs to the registry's port.
  const lastPart = name.slice(name.lastIndexOf('/') + 1);
  const colon = lastPart.indexOf(':');
  const tag = colon >= 0 ? lastPart.slice(colon + 1) : digest === undefined ? 'latest' : '';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}
