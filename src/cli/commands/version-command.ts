import type { Command } from '../command.ts';

export const versionCommand: Command = {
  name: 'version',
  summary: 'print the version',
  flags: [],
  async run({ program }) {
    program.out(`tinylet ${program.version}\n`);
    return 0;
  },
};
