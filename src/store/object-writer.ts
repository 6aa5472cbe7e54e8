import { ApiFailure } from '../apimachinery/index.ts';
import { type JsonObject, type JsonValue, Limiter, messageOf, objectAt } from '../base/index.ts';
import type { PodUid } from '../pod/index.ts';
import type { AddedContainers } from './added-containers.ts';
import { beginEnd, contentsOf, type NamespaceEndParts } from './namespace-end.ts';
import type { NodeChanges } from './node-changes.ts';
import { type AcceptedObject, nameOf, type ObjectAcceptance } from './object-acceptance.ts';
import type { ObjectDefinitions } from './object-definitions.ts';
import type { ObjectFiles } from './object-files.ts';
import type { ObjectReader } from './object-reader.ts';
import { beingDeleted, definedBy, notFound, notWritten } from './refusal.ts';
import { kindOfResource, objectKey } from './resource-kinds.ts';
import type { WrittenObjects } from './written-objects.ts';

export interface WriterParts {
  readonly acceptance: ObjectAcceptance;
  readonly definitions: ObjectDefinitions;
  readonly written: WrittenObjects;
  readonly files: Pick<ObjectFiles, 'write' | 'remove'>;
  readonly objects: Pick<ObjectReader, 'get'>;
  readonly node: NodeChanges;
  readonly added: Pick<AddedContainers, 'add'>;
  readonly commands: PodCommands;
  readonly namespaces: NamespaceEndParts;
  /** Something was written: the files are to be looked at, and whoever watches is to hear of it. */
  readonly onChange: () => void;
}

/** What pods are told beside their files. */
export interface PodCommands {
  /** On record when this resolves: how long its containers may take from now on. */
  deletePod(uid: PodUid, graceSeconds: number | undefined): Promise<void>;
  /** Resolves to whether the pod is on record, and so are its conditions. */
  setConditions(uid: PodUid, conditions: readonly JsonObject[]): Promise<boolean>;
}

export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

export interface ObjectDeletion {
  readonly gracePeriodSeconds?: number;
}

/**
 * Desired state through the API: one file for each object, written whole. What is answered is on disk and shown from then on. One write
 * at a time.
 */
export class FileObjectWriter {
  readonly #parts: WriterParts;
  readonly #turns = new Limiter(1);

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  async check(resource: string, object: JsonObject): Promise<void> {
    if (resource !== 'nodes') await this.#accept(resource, object);
  }

  save(resource: string, object: JsonObject): Promise<JsonObject> {
    return this.#turns.run(async () => {
      if (resource === 'nodes') await this.#saveNode(object);
      else await this.#write(await this.#accept(resource, object));
      return this.#shown(resource, nameOf(object)) ?? object;
    });
  }

  delete(resource: string, name: ObjectName, deletion: ObjectDeletion): Promise<JsonObject> {
    return this.#turns.run(() => this.#delete(resource, name, deletion));
  }

  fileOf(resource: string, { namespace, name }: ObjectName): string | undefined {
    const kind = kindOfResource(resource);
    return kind && this.#parts.definitions.foreignFile(objectKey(kind, namespace, name));
  }

  setConditions(pod: ObjectName, conditions: readonly JsonObject[]): Promise<JsonObject> {
    return this.#turns.run(async () => {
      const { commands, definitions, onChange } = this.#parts;
      const uid = definitions.podView(objectKey('Pod', pod.namespace, pod.name))?.uid;
      if (uid === undefined || !(await commands.setConditions(uid, conditions))) throw notOnRecord(pod);
      onChange();
      return this.#mustBeShown('pods', pod);
    });
  }

  /** What the file of a pod does not say, and is not to be written into it. */
  addEphemeralContainers(
    pod: ObjectName,
    ephemeralContainers: readonly JsonValue[],
    options: { readonly dryRun: boolean },
  ): Promise<JsonObject> {
    return this.#turns.run(async () => {
      const { added, definitions, onChange } = this.#parts;
      const key = objectKey('Pod', pod.namespace, pod.name);
      const [view, file] = [definitions.podView(key), definitions.foreignFile(key)];
      if (view === undefined || file === undefined) throw notFound('pods', pod.name);
      // Its uid has to outlive the daemon: what is added goes with it.
      if (view.record === undefined) throw notOnRecord(pod);
      if (view.record.deletionStartedAtMs !== undefined) throw beingDeleted('pods', pod.name);
      const { namespace, name, uid } = view;
      await added.add({ pod: { namespace, name, uid }, file, ephemeralContainers }, options);
      if (!options.dryRun) onChange();
      return this.#mustBeShown('pods', pod);
    });
  }

  /** What was accepted before is judged no second time, but it may be on its way out by now. */
  async #accept(resource: string, object: JsonObject): Promise<AcceptedObject> {
    const { namespace, name } = nameOf(object);
    const { deletionTimestamp } = objectAt(this.#shown(resource, { namespace, name }) ?? {}, 'metadata');
    if (deletionTimestamp !== undefined) throw beingDeleted(resource, name);
    return this.#parts.acceptance.accept(resource, object);
  }

  async #delete(resource: string, name: ObjectName, deletion: ObjectDeletion): Promise<JsonObject> {
    const { definitions, commands } = this.#parts;
    const kind = kindOfResource(resource);
    if (kind === undefined) throw new ApiFailure('MethodNotAllowed', `${resource} cannot be deleted`);
    const key = objectKey(kind, name.namespace, name.name);
    const file = definitions.foreignFile(key);
    if (file !== undefined) throw definedBy(resource, name.name, file);
    const before = this.#mustBeShown(resource, name);
    if (kind === 'Namespace') await this.#deleteContents(name.name, before);
    const uid = kind === 'Pod' ? definitions.podView(key)?.uid : undefined;
    // First on record: a pod whose file is gone is removed in its own time, whatever the client has asked for.
    if (uid !== undefined) await commands.deletePod(uid, deletion.gracePeriodSeconds);
    await this.#remove(key);
    return this.#shown(resource, name) ?? before;
  }

  async #deleteContents(namespace: string, shown: JsonObject): Promise<void> {
    const parts = this.#parts.namespaces;
    const contents = contentsOf(namespace, parts);
    beginEnd(shown, parts);
    for (const { resource, ...name } of contents) await this.#delete(resource, name, {});
  }

  async #write({ key, text, parsed }: AcceptedObject): Promise<void> {
    const { files, written, onChange } = this.#parts;
    await files.write(key, text).catch((error) => {
      throw notWritten(`write ${key}`, messageOf(error));
    });
    written.note(key, parsed);
    onChange();
  }

  async #remove(key: string): Promise<void> {
    const { files, written, onChange } = this.#parts;
    await files.remove(key).catch((error) => {
      throw notWritten(`delete ${key}`, messageOf(error));
    });
    written.note(key, 'deleted');
    onChange();
  }

  async #saveNode(node: JsonObject): Promise<void> {
    await this.#parts.node.save(node).catch((error) => {
      throw notWritten('write the changes of the node', messageOf(error));
    });
    this.#parts.onChange();
  }

  #mustBeShown(resource: string, name: ObjectName): JsonObject {
    const shown = this.#shown(resource, name);
    if (shown === undefined) throw notFound(resource, name.name);
    return shown;
  }

  #shown(resource: string, { namespace, name }: ObjectName): JsonObject | undefined {
    return this.#parts.objects.get(resource, namespace, name);
  }
}

function notOnRecord({ name }: ObjectName): ApiFailure {
  return new ApiFailure('ServiceUnavailable', `pod "${name}" is not on record yet`);
}
