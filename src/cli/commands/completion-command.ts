import { TinyletError } from '../../base/index.ts';
import type { Command } from '../command.ts';
import { SHELL_SCRIPTS } from '../completion/shell-scripts.ts';
import { parseChoice } from '../values.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const completionCommand: Command = {
  name: 'completion',
  operands: 'bash|zsh|fish',
  summary: 'print a script that lets a shell complete command lines',
  details: [
    'Commands, flags and their values are completed, and with a daemon there namespaces, kinds, pods, containers and other objects. Names of files are left to the shell. Without a daemon, or where it takes longer than a second, nothing of it is offered.',
  ],
  examples: [
    'source <(tinylet completion bash)  # in ~/.bashrc',
    'source <(tinylet completion zsh)  # in ~/.zshrc, after compinit',
    'tinylet completion fish > ~/.config/fish/completions/tinylet.fish',
  ],
  flags: [],
  async run({ operands, program }) {
    const [shell, ...others] = operands;
    if (shell === undefined || others.length > 0)
      throw new TinyletError(
        'USAGE',
        'completion needs the name of a shell: tinylet completion bash|zsh|fish',
      );
    program.out(SHELL_SCRIPTS[parseChoice(SHELLS)(shell)]);
    return 0;
  },
};
