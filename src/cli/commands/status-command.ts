import { hasCode, messageOf, TinyletError } from '../../base/index.ts';
import type { NodeReport } from '../../status/index.ts';
import type { Command } from '../command.ts';
import { escapeControl } from '../escape-control.ts';
import type { Flag } from '../flag.ts';
import * as shared from '../flags.ts';
import type { Program } from '../program.ts';
import { renderStatus } from '../render-status.ts';
import { parseChoice } from '../values.ts';

const outputFlag: Flag<'table' | 'json'> = {
  name: 'output',
  short: 'o',
  takes: 'value',
  placeholder: 'FORMAT',
  help: 'table or json',
  fallback: 'table',
  parse: parseChoice(['table', 'json']),
};

export const statusCommand: Command = {
  name: 'status',
  summary: 'show pods, what they wait for, and refused files',
  flags: [outputFlag, shared.apiSocketFlag],
  async run({ flags, env, program }) {
    const output = flags.read(outputFlag) ?? 'table';
    const report = await fetchReport(program, shared.readApiSocket(flags));
    if (output === 'json') {
      // JSON leaves some control characters as they are; their escapes mean the same to whoever parses it.
      program.out(`${JSON.stringify(report, null, 2).split('\n').map(escapeControl).join('\n')}\n`);
      return 0;
    }
    const color = program.stdoutIsTerminal && (env.NO_COLOR ?? '') === '';
    program.out(renderStatus(report, program.nowMs(), { color, width: program.terminalWidth }));
    return 0;
  },
};

async function fetchReport(program: Program, apiSocket: string): Promise<NodeReport> {
  try {
    return await program.fetchStatus(apiSocket);
  } catch (error) {
    if (!hasCode(error, 'DAEMON_UNREACHABLE')) throw error;
    const advice = 'start a daemon with "tinylet" as root, or name its socket with --api-socket';
    throw new TinyletError('DAEMON_UNREACHABLE', `${messageOf(error)}; ${advice}`, { cause: error });
  }
}
