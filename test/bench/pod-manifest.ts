import { parseManifest, podsOf } from '../../src/manifest/index.ts';
import type { Pod } from '../../src/pod/index.ts';

export interface PodShape {
  readonly form: 'flat' | 'v1';
  readonly name: string;
  readonly image: string;
  readonly containers: number;
  /** The value of a variable of the first container: another one is an edit of that container alone. */
  readonly revision: string;
}

/** The manifest as a user writes it. Containers sleep, and end at once when told to. */
export function manifestText(shape: PodShape): string {
  const containers = Array.from({ length: shape.containers }, (_, index) => [
    `- name: c${index}`,
    `  image: ${shape.image}`,
    '  args: [sleep, "1000000"]',
    ...(index === 0 ? ['  env:', '  - name: REVISION', `    value: "${shape.revision}"`] : []),
  ]).flat();
  if (shape.form === 'flat') return [`name: ${shape.name}`, 'containers:', ...containers, ''].join('\n');
  const head = [
    'apiVersion: v1',
    'kind: Pod',
    'metadata:',
    `  name: ${shape.name}`,
    'spec:',
    '  containers:',
  ];
  return [...head, ...containers.map((line) => `  ${line}`), ''].join('\n');
}

/** What the daemon makes of that manifest. */
export function podOf(shape: PodShape): Pod {
  const file = parseManifest({ file: 'bench.yaml', text: manifestText(shape) });
  const [pod] = podsOf(file);
  if (pod === undefined) throw new Error(`not a pod: ${JSON.stringify(file)}`);
  return pod;
}
