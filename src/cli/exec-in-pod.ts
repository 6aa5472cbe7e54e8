import { type CommandIo, type NodeClient, openCommand } from '../client/index.ts';
import { withContainer } from './default-container.ts';
import { interruptedCode } from './interrupted.ts';
import { podPath } from './pod-path.ts';
import type { PodName, Program } from './program.ts';
import { withTerminal } from './with-terminal.ts';

export interface ExecAsked {
  readonly pod: PodName;
  readonly container: string | undefined;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** Runs a command in a container, joined to our streams; resolves to its exit code. Rejects as `openCommand` does. */
export async function execInPod(program: Program, client: NodeClient, asked: ExecAsked): Promise<number> {
  return withContainer(program, client, asked, (container) => join(program, client, { ...asked, container }));
}

async function join(program: Program, client: NodeClient, asked: ExecAsked): Promise<number> {
  const { terminal } = program;
  const path = execPath(asked);
  const io: CommandIo = {
    write: (to, bytes) => terminal.write(to, bytes),
    ...(asked.stdin && { stdin: terminal.stdin }),
  };
  if (!asked.tty) return (await openCommand(client, path, io)).exitCode;
  return withTerminal(program, asked, async (tied) => {
    try {
      return (await openCommand(client, path, { ...io, ...tied })).exitCode;
    } catch (error) {
      if (tied.signal.aborted) return interruptedCode(tied.signal);
      throw error;
    }
  });
}

function execPath({ pod, container, command, stdin, tty }: ExecAsked): string {
  const query = new URLSearchParams();
  for (const word of command) query.append('command', word);
  if (container !== undefined) query.set('container', container);
  if (stdin) query.set('stdin', 'true');
  query.set('stdout', 'true');
  // A terminal has but one output.
  query.set(tty ? 'tty' : 'stderr', 'true');
  return podPath(pod, 'exec', query);
}
