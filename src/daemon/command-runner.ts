import type { CommandRunner } from '../api/index.ts';
import { ApiFailure } from '../apimachinery/index.ts';
import { messageOf } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import { runningContainer } from './running-container.ts';

/**
 * Commands by ExecSync, which ends with the command however long it takes; what the command wrote to stdout comes before what it wrote to
 * stderr (kubelet: RunInContainer). The runtime bounds both. What it refuses is told in its words.
 */
export function commandRunner(cri: Pick<Cri, 'listContainers' | 'execSync'>): CommandRunner {
  return {
    async run(container, command, signal) {
      const id = await runningContainer(cri, container);
      try {
        const { exitCode, stdout, stderr } = await cri.execSync(id, command, { signal });
        return { exitCode, output: stderr.length === 0 ? stdout : Buffer.concat([stdout, stderr]) };
      } catch (error) {
        throw new ApiFailure('InternalError', wordsOf(error));
      }
    },
  };
}

/** Of an answer that is too large, gRPC tells nothing that a user could do. */
function wordsOf(error: unknown): string {
  const words = messageOf(error);
  return /message larger than max/.test(words)
    ? 'the command wrote more than the 16 MiB that the runtime tells of at once: let it write less, or run it through exec'
    : words;
}
