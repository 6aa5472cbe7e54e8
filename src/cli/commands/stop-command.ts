import { TinyletError } from '../../base/index.ts';
import type { Command } from '../command.ts';
import { switchFlag } from '../flag.ts';
import * as shared from '../flags.ts';
import { logLinksFlag, readLogLinks } from '../log-flags.ts';

const allFlag = switchFlag('all', 'required: stops everything that this tinylet runs', { occasional: true });

/** Without the flag there is nothing sensible to stop: the daemon alone is stopped by a signal and leaves its pods. */
export const stopCommand: Command = {
  name: 'stop',
  summary: 'stop the daemon, its pods, and a private containerd',
  details: [
    'Stops the daemon first, so that it does not bring the pods back, then its pods with their grace period, then a private containerd. A shared containerd is never stopped, and other pods on it stay.',
  ],
  examples: ['tinylet stop --all', 'tinylet stop --all --root-dir /srv/tinylet  # of another daemon'],
  flags: [
    allFlag,
    shared.rootDirFlag,
    shared.socketFlag,
    shared.logDirFlag,
    logLinksFlag,
    shared.runtimeRootFlag,
  ],
  async run({ flags, program }) {
    if (flags.read(allFlag) !== true) {
      throw new TinyletError(
        'USAGE',
        'stop needs --all: it stops the daemon and all of its pods (SIGTERM stops the daemon alone)',
      );
    }
    const runtimeRoot = flags.read(shared.runtimeRootFlag);
    return program.stopAll({
      rootDir: shared.readRootDir(flags),
      logDir: shared.readLogDir(flags),
      ...readLogLinks(flags, shared.readLogDir(flags)),
      socketPath: flags.read(shared.socketFlag),
      ...(runtimeRoot !== undefined && { runtimeRoot }),
    });
  },
};
