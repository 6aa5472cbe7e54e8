import { TinyletError } from '../../base/index.ts';
import { askDaemon } from '../ask-daemon.ts';
import type { Command } from '../command.ts';
import * as shared from '../flags.ts';
import { jsonText } from '../json-text.ts';
import { outputFlag } from '../output-flag.ts';
import { podNamespaceFlag, readPodOperand, unknownPod } from '../pod-operand.ts';
import { renderWhy } from '../render-why.ts';
import { wantsColor } from '../status-color.ts';

export const whyCommand: Command = {
  name: 'why',
  operands: 'POD',
  summary: "show a pod's last passes: what was seen, done and waited for",
  details: [
    'Each pass names what made it due, what was seen of the pod, what was done about it, and what it waits for and until when. Passes that came to the same are shown as one. POD is a name, or a namespace and a name as in default/web.',
  ],
  examples: ['tinylet why web', 'tinylet why -n tools cache', 'tinylet why tools/cache -o json'],
  flags: [podNamespaceFlag, outputFlag, shared.apiSocketFlag],
  async run({ flags, operands, env, program }) {
    const [text, ...rest] = operands;
    if (text === undefined || rest.length > 0)
      throw new TinyletError('USAGE', 'why needs the name of one pod: tinylet why POD');
    const pod = readPodOperand(text, flags.read(podNamespaceFlag));
    const output = flags.read(outputFlag) ?? 'table';
    const apiSocket = shared.readApiSocket(flags);
    const pods = await askDaemon(() => program.fetchWhy(apiSocket, pod));
    if (pods === undefined) {
      program.err(`tinylet: ${unknownPod(pod, await program.fetchStatus(apiSocket))}\n`);
      return 1;
    }
    const color = wantsColor(program.stdoutIsTerminal, env);
    const table = () => renderWhy(pods, program.nowMs(), { color, width: program.terminalWidth });
    program.out(output === 'json' ? jsonText({ pods }) : table());
    return 0;
  },
};
