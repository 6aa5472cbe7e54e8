import { TinyletError } from '../../base/index.ts';
import type { EventReport } from '../../status/index.ts';
import { askDaemon } from '../ask-daemon.ts';
import type { Command, CommandCall } from '../command.ts';
import * as shared from '../flags.ts';
import { jsonText } from '../json-text.ts';
import { outputFlag } from '../output-flag.ts';
import { podNamespaceFlag, readPodOperand, unknownPod } from '../pod-operand.ts';
import type { PodName } from '../program.ts';
import { EventTable, renderEvents } from '../render-events.ts';
import { wantsColor } from '../status-color.ts';

const allNamespacesFlag = { ...shared.allNamespacesFlag, help: 'those of all namespaces, as without -n' };

export const eventsCommand: Command = {
  name: 'events',
  operands: '[POD]',
  summary: 'show what happened to pods, the latest last',
  details: [
    'Events are kept for an hour after they were last seen, also of pods that are gone, and across restarts of the daemon. The same event told again counts. Without a POD those of all pods are shown, or of one namespace.',
  ],
  examples: ['tinylet events  # of all pods', 'tinylet events web -w', 'tinylet events -n tools'],
  flags: [podNamespaceFlag, allNamespacesFlag, shared.watchFlag, outputFlag, shared.apiSocketFlag],
  async run(call) {
    const { flags, operands, env, program } = call;
    const [text, ...rest] = operands;
    if (rest.length > 0)
      throw new TinyletError('USAGE', 'events takes the name of one pod: tinylet events POD');
    const isAll = flags.read(allNamespacesFlag) === true;
    const namespace = isAll ? undefined : flags.read(podNamespaceFlag);
    if (isAll && text !== undefined) throw new TinyletError('USAGE', shared.NAME_IN_ALL);
    const pod = text === undefined ? undefined : readPodOperand(text, namespace);
    const asJson = flags.read(outputFlag) === 'json';
    const color = wantsColor(program.stdoutIsTerminal, env);
    const options = { color, width: program.terminalWidth };
    if (flags.read(shared.watchFlag) === true) {
      const { watchEvents } = await import('../watch-events.ts');
      const table = new EventTable(options);
      const show = (events: readonly EventReport[]): void =>
        program.out(asJson ? events.map(jsonText).join('') : table.text(events, program.nowMs()));
      const client = program.client(shared.readApiSocket(flags));
      return askDaemon(() => watchEvents(client, pod ?? { namespace }, show));
    }
    const events = await eventsOf(call, pod);
    if (events === undefined) return 1;
    const shown = events.filter(
      (event) => pod !== undefined || namespace === undefined || event.namespace === namespace,
    );
    program.out(asJson ? jsonText({ events: shown }) : renderEvents(shown, program.nowMs(), options));
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
