import { createHash } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TinyletError } from '../base/index.ts';

/** Where everything of one private containerd lives. All paths are absolute and free of symbolic links. */
export interface Layout {
  readonly rootDir: string;
  /** OCI archives dropped here are imported. */
  readonly imagesDir: string;
  readonly configFile: string;
  readonly logFile: string;
  /** Which process runs, so that the next tinylet finds it. */
  readonly recordFile: string;
  /** containerd's persistent data: images, snapshots, metadata. */
  readonly dataDir: string;
  /** containerd's data of this boot: running tasks, network namespaces, address leases. */
  readonly stateDir: string;
  readonly cniConfDir: string;
  readonly cniConfFile: string;
  readonly registryDir: string;
  readonly socket: string;
  /** Name of the bridge and of the CNI network: at most 15 characters, the same for the same root directory. */
  readonly bridge: string;
}

/** A Unix socket address holds 107 bytes, and containerd makes a second socket with ".ttrpc" appended. */
export const MAX_SOCKET_BYTES = 100;

/** Lays a private containerd out under `rootDir`, which must exist for its symbolic links to be resolved. */
export function layoutOf(rootDir: string, socket?: string): Layout {
  const base = join(rootDir, 'containerd');
  return {
    rootDir,
    imagesDir: join(rootDir, 'images'),
    configFile: join(base, 'config.toml'),
    logFile: join(base, 'containerd.log'),
    recordFile: join(base, 'process.json'),
    dataDir: join(base, 'root'),
    stateDir: join(base, 'state'),
    cniConfDir: join(base, 'cni'),
    cniConfFile: join(base, 'cni', '10-tinylet.conflist'),
    registryDir: join(base, 'certs.d'),
    socket: resolve(socket ?? join(base, 'containerd.sock')),
    bridge: `tl-${createHash('sha256').update(rootDir).digest('hex').slice(0, 8)}`,
  };
}

/** Makes the directories. The kernel reports mounts by their real path, so the layout is built on that. */
export async function makeLayout(rootDir: string, socket?: string): Promise<Layout> {
  const wanted = resolve(rootDir);
  try {
    await mkdir(wanted, { recursive: true, mode: 0o700 });
    const layout = layoutOf(await realpath(wanted), socket);
    for (const directory of [layout.imagesDir, layout.dataDir, layout.stateDir, layout.cniConfDir]) {
      await mkdir(directory, { recursive: true, mode: 0o711 });
    }
    await mkdir(layout.registryDir, { recursive: true });
    return layout;
  } catch (cause) {
    throw new TinyletError('STATE_IO', `cannot make the directories of the private containerd in ${wanted}`, {
      cause,
    });
  }
}

/** Refuses sockets that cannot be, or that belong to the system's containerd: it would lose its own. */
export function checkSocketPath(socket: string): void {
  const bytes = Buffer.byteLength(socket);
  if (bytes > MAX_SOCKET_BYTES) {
    throw new TinyletError(
      'STANDALONE_FAILED',
      `the socket path ${socket} has ${bytes} bytes, the kernel allows ${MAX_SOCKET_BYTES} here: choose a shorter --socket or --root-dir`,
    );
  }
  if (/^(\/var)?\/run\/containerd\//.test(socket)) {
    throw new TinyletError(
      'STANDALONE_FAILED',
      `${socket} is the place of the system's containerd: a private one needs another --socket`,
    );
  }
}
