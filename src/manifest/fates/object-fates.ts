import { type Fates, honoured, honouredWith, notApplicable, serverFilled } from './fate.ts';

const typeMeta = { apiVersion: honoured, kind: honoured, metadata: honoured } as const;
const nowhereElse = notApplicable('one node: there is nothing to choose');

/** The objects beside Pods, and what wraps all of them. */
export const objectFates = {
  V1Pod: { ...typeMeta, spec: honoured, status: serverFilled },
  V1List: { ...typeMeta, items: honoured },
  V1ListMeta: serverFilled,
  V1ConfigMap: { ...typeMeta, data: honoured, binaryData: honoured, immutable: honoured },
  V1Secret: { ...typeMeta, type: honoured, data: honoured, stringData: honoured, immutable: honoured },
  V1PersistentVolumeClaim: {
    ...typeMeta,
    spec: honouredWith('a directory that outlives the pods that use it'),
    status: serverFilled,
  },
  V1RuntimeClass: { ...typeMeta, handler: honoured, overhead: honoured, scheduling: nowhereElse },
  V1Namespace: { ...typeMeta, spec: serverFilled, status: serverFilled },
  V1NamespaceSpec: serverFilled,
  V1Overhead: honoured,
  V1Scheduling: nowhereElse,
} as const satisfies Fates;
