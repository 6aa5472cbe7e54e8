import type { NodeFacts, Pod } from '../pod/index.ts';

/** Text of the managed /etc/hosts. */
export function hostsFile(_pod: Pod, _podIPs: readonly string[], _node: NodeFacts): string {
  return '';
}
