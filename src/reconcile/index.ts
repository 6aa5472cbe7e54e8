/**
 * reconcile: makes the runtime what the manifests say. One loop takes a snapshot and finds what is wanted; each due pod gets a
 * pass: observe, plan (a pure function), execute. Invariants: one pass in flight for each pod; a plan rests on a snapshot begun
 * after the pod's last action ended; what carries another owner's label is never touched; a pod is removed only on proof.
 */
export { adoptForeign } from './adopt.ts';
export type { Inventory } from './inventory.ts';
export { Reconciler } from './reconciler.ts';
export type { ReconcilerOptions, ReconcilerPorts } from './reconciler-ports.ts';
export type { Snapshot, SnapshotPart } from './snapshot.ts';
