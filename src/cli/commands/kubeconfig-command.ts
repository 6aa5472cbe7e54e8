import type { Command } from '../command.ts';
import * as shared from '../flags.ts';

export const kubeconfigCommand: Command = {
  name: 'kubeconfig',
  summary: 'print the kubeconfig that gives kubectl this node',
  details: [
    'It lies in ROOT-DIR/kubeconfig, too: KUBECONFIG=/var/lib/tinylet/kubeconfig kubectl get pods. Whoever has it may do here what root may. Delete ROOT-DIR/api/token and restart the daemon to make it worthless.',
  ],
  examples: ['(umask 077; tinylet kubeconfig > ~/.kube/tinylet)'],
  flags: [shared.rootDirFlag],
  async run({ flags, program }) {
    program.out(await program.readKubeconfig(shared.readRootDir(flags)));
    return 0;
  },
};
