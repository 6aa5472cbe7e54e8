import { TinyletError } from '../../base/index.ts';
import type { EventReport } from '../../status/index.ts';
import { askDaemon } from '../ask-daemon.ts';
import type { Command, CommandCall } from '../command.ts';
import * as shared from '../flags.ts';
import { jsonText } from '../json-text.ts';
import { outputFlag } from '../output-flag.ts';
import { podNamespaceFlag, readPodOperand, unknownPod } from '../pod-operand.ts';
import type { PodName } from '../program.ts';
import { renderEvents } from '../render-events.ts';

export const eventsCommand: Command = {
  name: 'events',
  operands: '[POD]',
  summary: 'show what happened to pods, the latest last',
  details: [
    'Events are kept for an hour after they were last seen, also of pods that are gone, and across restarts of the daemon. The same event told again counts. Without a POD those of all pods are shown, or of one namespace.',
  ],
  examples: ['tinylet events  # of all pods', 'tinylet events web', 'tinylet events -n tools'],
  flags: [podNamespaceFlag, outputFlag, shared.apiSocketFlag],
  async run(call) {
    const { flags, operands, env, program } = call;
    const [text, ...rest] = operands;
    if (rest.length > 0)
      throw new TinyletError('USAGE', 'events takes the name of one pod: tinylet events POD');
    const namespace = flags.read(podNamespaceFlag);
    const pod = text === undefined ? undefined : readPodOperand(text, namespace);
    const output = flags.read(outputFlag) ?? 'table';
    const events = await eventsOf(call, pod);
    if (events === undefined) return 1;
    const shown = events.filter(
      (event) => pod !== undefined || namespace === undefined || event.namespace === namespace,
    );
    const color = program.stdoutIsTerminal && (env.NO_COLOR ?? '') === '';
    program.out(
      output === 'json'
        ? jsonText({ events: shown })
        : renderEvents(shown, program.nowMs(), { color, width: program.terminalWidth }),
    );
    return 0;
  },
};

/** Undefined where there is no such pod, and nothing is known of one that was: that is told. */
async function eventsOf(
  { flags, program }: CommandCall,
  pod: PodName | undefined,
): Promise<readonly EventReport[] | undefined> {
  const apiSocket = shared.readApiSocket(flags);
  const events = await askDaemon(() => program.fetchEvents(apiSocket, pod));
  if (pod === undefined || events.length > 0) return events;
  const report = await program.fetchStatus(apiSocket);
  if (report.pods.some(({ namespace, name }) => namespace === pod.namespace && name === pod.name))
    return events;
  program.err(`tinylet: ${unknownPod(pod, report)}, and no event of one\n`);
  return undefined;
}
