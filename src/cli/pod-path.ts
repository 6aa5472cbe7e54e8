import { readPodOperand } from './pod-operand.ts';
import type { PodName } from './program.ts';

/** As kubectl knows the kind. */
const POD_WORDS = ['pod', 'pods', 'po'];

/** `NAME`, `pod/NAME` as kubectl has it, or `NAMESPACE/NAME` as status prints it. Throws USAGE. */
export function readPodWord(word: string, namespace: string | undefined): PodName {
  const [first = '', second, ...rest] = word.split('/');
  const isKind = second !== undefined && rest.length === 0 && POD_WORDS.includes(first.toLowerCase());
  return readPodOperand(isKind ? second : word, namespace);
}

/** Where the API has a pod, or something of it: `log`, `exec`. */
export function podPath({ namespace, name }: PodName, of = '', query?: URLSearchParams): string {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
  return `${path}${of === '' ? '' : `/${of}`}${query === undefined || query.size === 0 ? '' : `?${query}`}`;
}
