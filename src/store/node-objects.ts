import { join } from 'node:path';
import type { Clock, Logger } from '../base/index.ts';
import { messageOf } from '../base/index.ts';
import { readSystemInfo } from '../host/index.ts';
import type { ManifestFile } from '../manifest/index.ts';
import type { LoggedEvent } from '../status/index.ts';
import type { AddedContainers } from './added-containers.ts';
import { derivedUid } from './derived-uid.ts';
import { eventSource } from './event-source.ts';
import { finishDeletions } from './finish-deletions.ts';
import { leaseSource } from './lease-source.ts';
import { type EndingNamespace, namespaceSource } from './namespace-source.ts';
import { NodeChanges } from './node-changes.ts';
import { nodeSource } from './node-source.ts';
import { ObjectAcceptance } from './object-acceptance.ts';
import { ObjectDefinitions } from './object-definitions.ts';
import { ObjectFiles, objectsDirectory } from './object-files.ts';
import type { ObjectSource } from './object-reader.ts';
import { ObjectStore } from './object-store.ts';
import { FileObjectWriter, type PodCommands } from './object-writer.ts';
import { podSource } from './pod-source.ts';
import type { NodeState } from './ports.ts';
import { type SideResource, sideSource } from './side-source.ts';
import { WrittenObjects } from './written-objects.ts';

export interface NodeObjectsOptions {
  readonly rootDir: string;
  readonly nodeName: string;
  /** As a kubelet tells its own: `v1.36.4`. */
  readonly kubeletVersion: string;
  readonly apiPort?: number;
  /** When this node came to be. */
  readonly createdAtMs: number;
  readonly maxManifestBytes: number;
}

export interface NodeObjectsPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly state: NodeState;
  readonly commands: PodCommands & { hintManifests(): void };
  /** Part of what the manifests say that the loop goes by. */
  readonly added: AddedContainers;
  readonly events: () => readonly LoggedEvent[];
  readonly parse: (manifest: { readonly file: string; readonly text: string }) => Promise<ManifestFile>;
}

/** The objects of the node: what can be read and watched of them, and how desired state is written. */
export interface NodeObjects {
  readonly objects: ObjectStore;
  readonly writer: FileObjectWriter;
  /** Something may have changed: to be called often, costs nothing while nobody watches. */
  noteChange(): void;
  close(): void;
}

const SIDE_RESOURCES: readonly SideResource[] = [
  'configmaps',
  'secrets',
  'persistentvolumeclaims',
  'runtimeclasses',
];

/** To be called before the manifests are first read: makes the directory of objects, and mends what a crash has left in it. */
export async function prepareObjects(rootDir: string): Promise<void> {
  await new ObjectFiles(objectsDirectory(rootDir)).prepare();
}

/** Reads what was changed of the node; of all else nothing before somebody asks. */
export async function openNodeObjects(
  options: NodeObjectsOptions,
  ports: NodeObjectsPorts,
): Promise<NodeObjects> {
  const { rootDir, nodeName, maxManifestBytes } = options;
  const { clock, logger, state, commands, parse, added } = ports;
  const node = new NodeChanges(join(rootDir, 'node.json'), logger);
  await node.load();
  const files = new ObjectFiles(objectsDirectory(rootDir));
  const written = new WrittenObjects(() => state.looks());
  const ending = new Map<string, EndingNamespace>();
  const sources = sourcesOf(options, ports, { changes: node, files, written, ending });
  const objects = new ObjectStore({ sources, clock, logger });
  const definitions = new ObjectDefinitions({ state, written, files, objects });
  const acceptance = new ObjectAcceptance({
    ...{ files, definitions, objects, parse, nodeName, maxBytes: maxManifestBytes },
    isUnschedulable: () => node.isUnschedulable,
  });
  const onChange = (): void => {
    commands.hintManifests();
    objects.noteChange();
  };
  const namespaces = { objects, definitions, ending, nowMs: () => clock.nowMs() };
  const writer = new FileObjectWriter({
    ...{ acceptance, definitions, written, files, objects, node, added, commands, namespaces, onChange },
  });
  let isMended = false;
  return {
    ...{ objects, writer },
    noteChange() {
      objects.noteChange();
      if (isMended || state.looks().inForce === 0) return;
      isMended = true;
      void finishDeletions(state, files).catch((error) =>
        logger.warn({ err: messageOf(error) }, 'files of deleted pods cannot be removed'),
      );
    },
    close: () => objects.close(),
  };
}

interface SourceParts {
  readonly changes: NodeChanges;
  readonly files: ObjectFiles;
  readonly written: WrittenObjects;
  readonly ending: Map<string, EndingNamespace>;
}

function sourcesOf(
  options: NodeObjectsOptions,
  { clock, state, events, added }: NodeObjectsPorts,
  { changes, files, written, ending }: SourceParts,
): readonly ObjectSource[] {
  const { nodeName, createdAtMs: nodeCreatedAtMs, kubeletVersion, apiPort } = options;
  const nowMs = (): number => clock.nowMs();
  const parts = { state, written, added, files, nowMs, nodeName, nodeCreatedAtMs, ending };
  const node = {
    ...{ name: nodeName, uid: derivedUid('Node', '', nodeName), createdAtMs: nodeCreatedAtMs },
    ...{ startedAtMs: nowMs(), nowMs },
  };
  return [
    podSource(parts),
    ...SIDE_RESOURCES.map((resource) => sideSource(resource, parts)),
    namespaceSource(parts),
    eventSource(events, nodeName),
    leaseSource(node),
    nodeSource({
      ...node,
      ...{ kubeletVersion, changes, readSystem: readSystemInfo },
      ...(apiPort !== undefined && { apiPort }),
      machine: () => state.machine(),
    }),
  ];
}
