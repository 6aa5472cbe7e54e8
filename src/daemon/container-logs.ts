import { basename, dirname } from 'node:path';
import type { LogSource } from '../api/index.ts';
import { ApiFailure } from '../apimachinery/index.ts';
import { type Clock, type Logger, messageOf } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import { checkLog, type LogPlace, readLog } from '../logs/index.ts';
import { asContainerId, type ContainerId } from '../pod/index.ts';

export interface ContainerLogsPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cri: Pick<Cri, 'containerStatus'>;
  /** Whether it ran when it was last seen. */
  readonly isRunning: (id: ContainerId) => boolean;
  /** Called once, with who is to be told whenever that may have changed. */
  readonly onChange: (listener: () => void) => void;
}

/**
 * Logs of containers where the runtime says they are. Whether a container still runs is looked up in what the loop has seen, so that
 * following costs the runtime nothing.
 */
export function containerLogs(ports: ContainerLogsPorts): LogSource {
  const { clock, logger, isRunning } = ports;
  const followers = new Set<() => void>();
  ports.onChange(() => {
    for (const follower of followers) follower();
  });
  const onChange = (listener: () => void): (() => void) => {
    followers.add(listener);
    return () => void followers.delete(listener);
  };

  return {
    async read({ containerId, ...wish }) {
      const id = asContainerId(containerId);
      try {
        const place = await placeOf(ports.cri, id);
        await checkLog(place, clock);
        return (write, signal) =>
          readLog(place, wish, { clock, isRunning: () => isRunning(id), onChange, write }, signal);
      } catch (error) {
        logger.warn({ container: id, err: messageOf(error) }, 'log cannot be read');
        // As the kubelet has it: what lies on the machine's disk is not told.
        throw new ApiFailure('BadRequest', `unable to retrieve container logs for containerd://${id}`);
      }
    },
  };
}

async function placeOf(cri: ContainerLogsPorts['cri'], id: ContainerId): Promise<LogPlace> {
  const { logPath } = await cri.containerStatus(id);
  if (logPath === '') throw new Error('the runtime writes no log of it');
  const place = dirname(logPath);
  return { directory: dirname(place), container: basename(place), file: basename(logPath) };
}
