import type { Container, Pod } from '../pod/index.ts';

/** One container of a pod: what most of its request depends on. */
export interface Subject {
  readonly pod: Pod;
  readonly container: Container;
}
