import { join } from 'node:path';
import { hasCode, messageOf, TinyletError } from '../../base/index.ts';
import type { Command } from '../command.ts';
import * as shared from '../flags.ts';

export const kubectlCommand: Command = {
  name: 'kubectl',
  operands: 'ARGS...',
  summary: 'run the kubectl on the PATH on this node',
  details: [
    "Every word after it is kubectl's own, and so is the exit code. It runs with KUBECONFIG=ROOT-DIR/kubeconfig, whatever that variable was before; a --kubeconfig among the words wins. Flags of this command stand before its name: tinylet --root-dir DIR kubectl get pods.",
  ],
  examples: ['tinylet kubectl describe pod web'],
  exitCodes: "kubectl's own; 1 without a kubeconfig, 2 wrong usage or no kubectl",
  flags: [shared.rootDirFlag],
  passthrough: true,
  async run({ flags, operands, program }) {
    // What stands behind -- is for a program in a container.
    const end = operands.indexOf('--');
    const words = end === -1 ? operands : operands.slice(0, end);
    const isTheirs = words.some((word) => word === '--kubeconfig' || word.startsWith('--kubeconfig='));
    if (isTheirs) return program.runOther('kubectl', operands, {});
    const rootDir = shared.readRootDir(flags);
    await program.readKubeconfig(rootDir).catch((cause: unknown) => {
      if (!hasCode(cause, 'STATE_IO')) throw cause;
      const advice = 'another root directory is named by TINYLET_ROOT_DIR';
      throw new TinyletError('STATE_IO', `${messageOf(cause)}; ${advice}`, { cause });
    });
    return program.runOther('kubectl', operands, { KUBECONFIG: join(rootDir, 'kubeconfig') });
  },
};
