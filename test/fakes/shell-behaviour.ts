import type { ContainerConfig } from '../../src/cri/index.ts';
import type { Behaviour, CommandBehaviour, CommandPlace } from './behaviour.ts';

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
  const persuaded = /&& exit (\d+); n=1' TERM/.exec(resolved);
  const end = /(?:sleep ([\d.]+); )?exit (\d+)$/.exec(resolved);
  return {
    onStop: onStop(trap?.[1], persuaded?.[1]),
    ...(end !== null && { exitAfterMs: Number(end[1] ?? 0) * 1000, exitCode: Number(end[2]) }),
  };
}

function onStop(first: string | undefined, second: string | undefined): NonNullable<Behaviour['onStop']> {
  if (first !== undefined) return { afterMs: 20, exitCode: Number(first) };
  return second === undefined ? 'ignore' : { afterMs: 20, exitCode: Number(second), heeds: 2 };
}

/** And what the few commands would do that tests run in one: write, end, take their time, or ask whether another one lives. */
export function shellCommand(command: readonly string[], { beside }: CommandPlace): CommandBehaviour {
  const [program = '', , script = ''] = command;
  if (program === '/bin/echo') return { stdout: `${command.slice(1).join(' ')}\n` };
  if (program !== '/bin/sh')
    return { startError: `exec failed: exec: "${program}": stat ${program}: no such file or directory` };
  if (script.startsWith('kill -0')) return { exitCode: beside > 0 ? 0 : 1 };
  const said = (pattern: RegExp): string => pattern.exec(script)?.[1] ?? '';
  const line = (word: string): string => (word === '' ? '' : `${word}\n`);
  return {
    takesMs: Number(said(/sleep ([\d.]+)/)) * 1000,
    exitCode: Number(said(/exit (\d+)/)),
    stdout: line(said(/echo (\w+);/)),
    stderr: line(said(/echo (\w+) >&2/)),
  };
}

function variable(config: ContainerConfig, name: string): string {
  return config.envs?.find(({ key }) => key === name)?.value ?? '';
}
