import { join } from 'node:path';
import { messageOf } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import { createPodCgroups } from '../host/index.ts';
import { ImageGc, type PulledImages } from '../images/index.ts';
import type { Reconciler } from '../reconcile/index.ts';
import { offersImage } from '../standalone/index.ts';
import { diskSpace, podDirectories } from '../volumes/index.ts';
import { type Chores, createHousekeeping, type Housekeeping } from './housekeeping.ts';
import type { DaemonOptions, NodePorts } from './options.ts';
import { OrphanPods } from './orphan-pods.ts';

interface Given {
  readonly options: DaemonOptions;
  readonly ports: NodePorts;
  readonly cri: Cri;
  readonly reconciler: Pick<Reconciler, 'inventory' | 'images'>;
  readonly pulled: PulledImages;
}

/** The housekeeping of a node on a real machine. */
export function nodeHousekeeping(given: Given): Housekeeping {
  const { options, ports, cri, reconciler } = given;
  const { clock, logger } = ports;
  const { rootDir, runtimeRoot } = options;
  const orphans = new OrphanPods({
    ...{ cri, logger },
    directories: podDirectories({
      rootDir,
      logger,
      clock,
      ...(runtimeRoot !== undefined && { runtimeRoot }),
    }),
    cgroups: createPodCgroups({ clock, logger }),
    inventory: () => reconciler.inventory(),
  });
  const chores: Chores = {
    collectImages: imageCollector(given),
    sweepOrphans: (signal) => orphans.sweep(signal),
  };
  return createHousekeeping(chores, clock);
}

/** Where nothing is collected, it is still noted which images are gone: what comes back by another's hand is not ours. */
function imageCollector({ options, ports, cri, reconciler, pulled }: Given): () => Promise<void> {
  const { clock, logger } = ports;
  const { imageGc, rootDir, runtimeRoot, standalone } = options;
  if (imageGc === undefined) {
    return () =>
      pulled
        .look()
        .then(ignore, (error) => logger.debug({ err: messageOf(error) }, 'images cannot be listed'));
  }
  const imagesDir = join(rootDir, 'images');
  const gc = new ImageGc(
    {
      ...{ cri, clock, logger, pulled, keeper: reconciler.images },
      named() {
        const { complete, images } = reconciler.inventory();
        return complete ? images : undefined;
      },
      diskSpace: (path) => diskSpace(path, { clock, ...(runtimeRoot !== undefined && { runtimeRoot }) }),
      ...(standalone && { isOffered: (name) => offersImage(imagesDir, name) }),
    },
    imageGc,
  );
  return () => gc.collect();
}

function ignore(): void {}
