import { askDaemon } from '../ask-daemon.ts';
import type { Command } from '../command.ts';
import * as shared from '../flags.ts';
import { jsonText } from '../json-text.ts';
import { outputFlag } from '../output-flag.ts';
import { renderStatus } from '../render-status.ts';
import { wantsColor } from '../status-color.ts';

export const statusCommand: Command = {
  name: 'status',
  summary: 'show pods, what they wait for, and refused files',
  examples: ['tinylet status', "tinylet status -o json | jq '.pods[].words'", 'watch tinylet status'],
  flags: [outputFlag, shared.apiSocketFlag],
  async run({ flags, env, program }) {
    const output = flags.read(outputFlag) ?? 'table';
    const apiSocket = shared.readApiSocket(flags);
    const report = await askDaemon(() => program.fetchStatus(apiSocket));
    if (output === 'json') {
      program.out(jsonText(report));
      return 0;
    }
    const color = wantsColor(program.stdoutIsTerminal, env);
    program.out(renderStatus(report, program.nowMs(), { color, width: program.terminalWidth }));
    return 0;
  },
};
