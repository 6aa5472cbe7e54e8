import type { Clock, Logger } from '../base/index.ts';
import { type Host, inspectHost } from './host.ts';
import { ImageImporter } from './images.ts';
import { launchContainerd, waitUntilServing } from './launch.ts';
import { checkSocketPath, type Layout, makeLayout } from './layout.ts';
import { findRunning, type RunningContainerd, writeRecord } from './record.ts';
import { Supervisor } from './supervisor.ts';

export interface StandaloneOptions {
  readonly rootDir: string;
  /** Path of the socket; by default it lies under the root directory. */
  readonly socket?: string;
  /** Searched before PATH for containerd, its shim and ctr. */
  readonly binDir?: string;
  /** By default tinylet.local/pause:1 where the images directory offers it, else what the runtime prefers. */
  readonly sandboxImage?: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface PrivateContainerd {
  /** unix:// URL of the socket. */
  readonly endpoint: string;
  /** Of the process that runs now: it changes when containerd is restarted. */
  readonly pid: number;
  /** True when it ran already and was taken over. */
  readonly adopted: boolean;
  /** Imports archives that appeared or changed in `<rootDir>/images`; cheap when none did. Names of those imported. */
  importImages(): Promise<readonly string[]>;
  /** Ends supervision and leaves containerd and its pods running. */
  close(): Promise<void>;
}

/**
 * Finds the private containerd of this root directory or starts it, waits until it serves CRI, imports the images and
 * restarts it when it dies. Fails with STANDALONE_FAILED (a sentence for the user) or STATE_IO.
 */
export async function startPrivateContainerd(options: StandaloneOptions): Promise<PrivateContainerd> {
  const host = await inspectHost(options.binDir);
  const layout = await makeLayout(options.rootDir, options.socket);
  checkSocketPath(layout.socket);
  const importer = new ImageImporter(layout, host, options.logger);
  const ensure = (): Promise<{ running: RunningContainerd; adopted: boolean }> =>
    ensureRunning({ layout, host, importer, options });
  const first = await ensure();
  const { running, adopted } = first;
  options.logger.info({ pid: running.pid, socket: running.socket, adopted }, 'private containerd serves');
  const respawn = async (): Promise<RunningContainerd> => (await ensure()).running;
  const supervisor = new Supervisor({
    first: running,
    respawn,
    clock: options.clock,
    logger: options.logger,
  });
  return {
    endpoint: `unix://${running.socket}`,
    get pid() {
      return supervisor.current.pid;
    },
    adopted,
    importImages: () => importer.importNew(supervisor.current.socket),
    close: () => supervisor.close(),
  };
}

interface Ensure {
  readonly layout: Layout;
  readonly host: Host;
  readonly importer: ImageImporter;
  readonly options: StandaloneOptions;
}

/** One and the same way at the first start and after a death: one that runs is never joined by a second. */
async function ensureRunning({ layout, host, importer, options }: Ensure) {
  const found = await findRunning(layout);
  if (found !== undefined && found.socket !== layout.socket) {
    const fields = { running: found.socket, wanted: layout.socket };
    options.logger.warn(fields, 'private containerd keeps the socket it runs with');
  }
  if (found !== undefined) await writeRecord(layout, found, found.socket);
  const running = found ?? (await launchContainerd(layout, host, options.sandboxImage));
  await waitUntilServing(running, { layout, host, clock: options.clock });
  await importer.importNew(running.socket);
  return { running, adopted: found !== undefined };
}
