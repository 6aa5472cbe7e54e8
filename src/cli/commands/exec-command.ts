import { TinyletError } from '../../base/index.ts';
import { askDaemon } from '../ask-daemon.ts';
import type { Command } from '../command.ts';
import { containerExit } from '../container-exit.ts';
import * as shared from '../flags.ts';
import { podNamespaceFlag } from '../pod-operand.ts';
import { readPodWord } from '../pod-path.ts';
import { containerFlag, stdinFlag, ttyFlag } from '../stream-flags.ts';

export const execCommand: Command = {
  name: 'exec',
  operands: 'POD -- COMMAND...',
  summary: 'run a command in a container of a pod',
  details: [
    'With -t the command gets a terminal as large as this one; with -i, too, what is typed goes to it key by key, Ctrl-C as well.',
  ],
  examples: ['tinylet exec -it web -- sh', 'tinylet exec -i web -c app -- tar x < files.tar'],
  exitCodes:
    "the command's own; 2 wrong usage, 125 where it could not be run, 126 where it is no program, 127 where it is not there",
  flags: [shared.apiSocketFlag, podNamespaceFlag, containerFlag, stdinFlag, ttyFlag],
  async run({ flags, operands, rest, program }) {
    const [word, ...others] = operands;
    if (word === undefined || rest?.length === operands.length)
      throw new TinyletError('USAGE', 'exec needs a pod and a command: tinylet exec POD -- COMMAND');
    if (rest === undefined || rest.length !== others.length)
      throw new TinyletError(
        'USAGE',
        others.length === 0
          ? 'you must specify at least one command for the container: tinylet exec POD -- COMMAND'
          : `exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead`,
      );
    if (rest.length === 0)
      throw new TinyletError('USAGE', 'you must specify at least one command for the container');
    const { execInPod } = await import('../exec-in-pod.ts');
    const { isTerminalHad } = await import('../with-terminal.ts');
    const stdin = flags.read(stdinFlag) === true;
    const asked = {
      pod: readPodWord(word, flags.read(podNamespaceFlag)),
      ...{ container: flags.read(containerFlag), command: rest, stdin },
      tty: isTerminalHad(program, { stdin, tty: flags.read(ttyFlag) === true }),
    };
    const client = program.client(shared.readApiSocket(flags));
    return containerExit(program, () => askDaemon(() => execInPod(program, client, asked)));
  },
};
