import type { PodProbes } from '../probes/index.ts';

/** Stands for the probes of all pods where nothing is probed: what has none is ready. */
export const noProbes: PodProbes = {
  sync: () => undefined,
  health: () => nothingKnown,
  forget: () => undefined,
  close: () => undefined,
};

const nothingKnown: ReturnType<PodProbes['health']> = new Map();
