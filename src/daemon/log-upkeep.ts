import { type Clock, sleep } from '../base/index.ts';
import type { ContainerLog, LoggedPods, LogLinks, LogRotation, OrphanedLogs } from '../logs/index.ts';
import { podLogDirectory } from '../podspec/index.ts';

export interface LogUpkeepPorts {
  readonly clock: Clock;
  /** The root of all logs. */
  readonly logDir: string;
  readonly pods: () => LoggedPods;
  readonly rotation: Pick<LogRotation, 'look'>;
  /** No links are kept if absent. */
  readonly links?: Pick<LogLinks, 'sync'>;
  readonly orphans: Pick<OrphanedLogs, 'look'>;
}

/** What keeps the pods' logs in order beside the loop: rotation, links, and what lost pods left. */
export interface LogUpkeep {
  start(): void;
  /** Containers may have come or gone: soon the links will follow. Costs nothing where none has. */
  look(): void;
  /** Begins nothing new, and waits a little for what is under way. */
  close(): Promise<void>;
}

/** From the end of one look to the next (kubelet: containerLogMonitorInterval). */
const PERIOD_MS = 10_000;
/** After a look at the links; what comes meanwhile shares the next one. */
const LINKS_PAUSE_MS = 250;
const CLOSE_PATIENCE_MS = 2_000;

/** Two loops, since links shall not wait for a large log that is being compressed. */
export function createLogUpkeep(ports: LogUpkeepPorts): LogUpkeep {
  const { clock, logDir, pods, rotation, links, orphans } = ports;
  const ending = new AbortController();
  const { signal } = ending;
  const logs = (): readonly ContainerLog[] => placed(pods(), logDir);
  let loops: Promise<unknown> = Promise.resolve();
  let linked = '';
  let nap = new AbortController();

  async function rotate(): Promise<void> {
    while (!signal.aborted) {
      await rotation.look(logs(), signal);
      await orphans.look(signal);
      await sleep(clock, PERIOD_MS, signal);
    }
  }

  async function keepLinks(kept: Pick<LogLinks, 'sync'>): Promise<void> {
    while (!signal.aborted) {
      const present = logs();
      linked = keyOf(present);
      await kept.sync(present);
      await sleep(clock, LINKS_PAUSE_MS, signal);
      nap = new AbortController();
      wakeIfChanged();
      await sleep(clock, PERIOD_MS - LINKS_PAUSE_MS, nap.signal);
    }
  }

  function wakeIfChanged(): void {
    if (signal.aborted || (links !== undefined && keyOf(logs()) !== linked)) nap.abort();
  }

  return {
    start() {
      loops = Promise.all([rotate(), links && keepLinks(links)]);
    },
    look: wakeIfChanged,
    async close() {
      ending.abort();
      nap.abort();
      const waiting = new AbortController();
      const ended = (): void => waiting.abort();
      loops.then(ended, ended);
      await sleep(clock, CLOSE_PATIENCE_MS, waiting.signal);
    },
  };
}

function placed({ containers }: LoggedPods, logDir: string): readonly ContainerLog[] {
  return containers.map((container) => {
    const { namespace, pod, uid } = container;
    return { ...container, directory: podLogDirectory(logDir, { namespace, name: pod, uid }) };
  });
}

/** Equal as long as the same containers are there, and the same of them run. */
function keyOf(logs: readonly ContainerLog[]): string {
  return logs
    .map(({ id, running }) => `${id}${running ? '+' : ''}`)
    .sort()
    .join(' ');
}
