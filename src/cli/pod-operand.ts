import { TinyletError } from '../base/index.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../pod/index.ts';
import type { NodeReport } from '../status/index.ts';
import type { Flag } from './flag.ts';
import { namespaceFlag } from './flags.ts';
import { nearMiss } from './near-miss.ts';
import type { PodName } from './program.ts';

/** Without a fallback of its own: what is left out means something else to each command. */
export const podNamespaceFlag: Flag<string> = {
  name: namespaceFlag.name,
  short: 'n',
  takes: 'value',
  placeholder: 'NAME',
  help: 'the namespace of the pod',
  parse: namespaceFlag.parse,
};

/** `NAME`, or `NAMESPACE/NAME`, as status prints them. */
export function readPodOperand(text: string, namespace: string | undefined): PodName {
  const [first = '', second, ...rest] = text.split('/');
  const name = second ?? first;
  const asked = second === undefined ? undefined : checked(first, dns1123LabelErrors(first));
  if (asked !== undefined && namespace !== undefined && asked !== namespace)
    throw new TinyletError(
      'USAGE',
      `${JSON.stringify(text)} is not in the namespace ${JSON.stringify(namespace)}`,
    );
  if (rest.length > 0)
    throw new TinyletError('USAGE', `${JSON.stringify(text)} is not a pod; write NAME or NAMESPACE/NAME`);
  return { namespace: asked ?? namespace ?? 'default', name: checked(name, dns1123SubdomainErrors(name)) };
}

/** That there is no such pod, and which one may have been meant: that name elsewhere, or a name that is nearly so. */
export function unknownPod({ namespace, name }: PodName, { pods }: Pick<NodeReport, 'pods'>): string {
  const key = `${namespace}/${name}`;
  const keys = pods.map((pod) => `${pod.namespace}/${pod.name}`);
  const elsewhere = pods.filter((pod) => pod.name === name).map((pod) => `${pod.namespace}/${pod.name}`);
  const guesses =
    elsewhere.length > 0 ? elsewhere : [nearMiss(key, keys)].filter((guess) => guess !== undefined);
  const hint = guesses.length === 0 ? '' : `; did you mean ${guesses.join(' or ')}?`;
  return `there is no pod ${key}${hint}`;
}

function checked(text: string, problems: readonly string[]): string {
  const [problem] = problems;
  if (problem !== undefined) throw new TinyletError('USAGE', `${JSON.stringify(text)}: ${problem}`);
  return text;
}
