import type { ContainerConfig } from '../../src/cri/index.ts';
import type { Behaviour } from './behaviour.ts';

/**
 * What the few forms of `/bin/sh -c` that tests use would do in a real container. A first process without a trap does not
 * notice the stop signal: the kernel keeps it from signals it has no handler for.
 */
export function shellBehaviour(config: ContainerConfig): Behaviour {
  const [shell = '', , script = ''] = config.command ?? [];
  if (shell !== '/bin/sh')
    return { startError: `exec: "${shell}": stat ${shell}: no such file or directory` };
  const resolved = script.replace(/\$(\w+)/g, (_, name: string) => variable(config, name));
  const trap = /trap "exit (\d+)" TERM/.exec(resolved);
  const end = /(?:sleep ([\d.]+); )?exit (\d+)$/.exec(resolved);
  return {
    onStop: trap === null ? 'ignore' : { afterMs: 20, exitCode: Number(trap[1]) },
    ...(end !== null && { exitAfterMs: Number(end[1] ?? 0) * 1000, exitCode: Number(end[2]) }),
  };
}

function variable(config: ContainerConfig, name: string): string {
  return config.envs?.find(({ key }) => key === name)?.value ?? '';
}
