import type { Clock } from '../base/index.ts';
import { openChannel } from './channel.ts';
import { criOver } from './cri-over.ts';
import { type Deadlines, defaultDeadlines } from './deadlines.ts';
import { socketPathOf } from './endpoint.ts';
import type { Cri } from './port.ts';
import { removingStrandedTasks } from './stranded-task.ts';

export interface CriSettings {
  /** The runtime's socket: an absolute path, or `unix:///path`. */
  readonly endpoint: string;
  readonly clock: Clock;
  readonly deadlines?: Partial<Deadlines>;
}

/**
 * The runtime behind a Unix socket, over gRPC. It connects at the first call and again whenever the runtime comes back; a call
 * made meanwhile fails at once with CRI_UNAVAILABLE. Throws USAGE for an endpoint that cannot be one. Nothing is retried here.
 */
export function connectCri(settings: CriSettings): Cri & { close(): void } {
  const deadlines = { ...defaultDeadlines, ...settings.deadlines };
  const { invoke, close } = openChannel({ endpoint: settings.endpoint, clock: settings.clock, deadlines });
  const cri = criOver(invoke);
  const socketPath = socketPathOf(settings.endpoint);
  return { ...cri, ...removingStrandedTasks(cri, { socketPath, clock: settings.clock }), close };
}
