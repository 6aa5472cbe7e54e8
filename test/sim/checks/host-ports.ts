import type { Pod } from '../../../src/pod/index.ts';
import type { CheckOf } from './check.ts';

/** No host port is ever held by two live sandboxes of ours. */
export const hostPorts: CheckOf = (facts, violate) => ({
  onSandboxMade(made) {
    if (made.madeUnseen) return;
    const wanted = portsOf(made.pod);
    for (const other of facts.sandboxes.values()) {
      if (other.uid === made.uid || other.madeUnseen || !facts.isReady(other)) continue;
      const port = portsOf(other.pod).find((each) => wanted.includes(each));
      if (port !== undefined) violate('host-ports', 'port', port, 'is held by', other.key, 'and', made.key);
    }
  },
});

export function portsOf({ spec }: Pod): number[] {
  if (spec.hostNetwork) return [];
  return spec.containers.flatMap(({ ports }) =>
    ports.flatMap(({ hostPort = 0 }) => (hostPort > 0 ? [hostPort] : [])),
  );
}
