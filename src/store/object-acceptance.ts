import { ApiFailure } from '../apimachinery/index.ts';
import { type JsonObject, objectAt, textAt } from '../base/index.ts';
import type { ManifestFile, ParsedObject } from '../manifest/index.ts';
import { desiredOf, desiredText } from './desired-object.ts';
import type { ObjectDefinitions } from './object-definitions.ts';
import type { ObjectFiles } from './object-files.ts';
import type { ObjectReader } from './object-reader.ts';
import { definedBy, forbidden, invalidObject } from './refusal.ts';
import { kindOfResource, type ManifestKind, objectKey } from './resource-kinds.ts';

/** An object that can be written as it is. */
export interface AcceptedObject {
  readonly key: string;
  readonly text: string;
  readonly parsed: ParsedObject;
}

export interface AcceptanceParts {
  readonly files: Pick<ObjectFiles, 'pathOf'>;
  readonly definitions: Pick<ObjectDefinitions, 'foreignFile' | 'documentOf'>;
  readonly objects: Pick<ObjectReader, 'get'>;
  readonly parse: (manifest: { readonly file: string; readonly text: string }) => Promise<ManifestFile>;
  /** How large a file of manifests may be. */
  readonly maxBytes: number;
  readonly nodeName: string;
  readonly isUnschedulable: () => boolean;
}

/** Whether an object can be carried out: what the manifest parser says of it, and whether its name is free to be written. */
export class ObjectAcceptance {
  readonly #parts: AcceptanceParts;
  /** Who checks an object and then saves it has it parsed once. */
  readonly #known = new WeakMap<JsonObject, Promise<AcceptedObject>>();

  constructor(parts: AcceptanceParts) {
    this.#parts = parts;
  }

  /** Rejects with an ApiFailure: Forbidden where a file of the user's defines it, Invalid with all that is wrong with it. */
  accept(resource: string, wanted: JsonObject): Promise<AcceptedObject> {
    const known = this.#known.get(wanted) ?? this.#accept(resource, wanted);
    this.#known.set(wanted, known);
    return known;
  }

  async #accept(resource: string, wanted: JsonObject): Promise<AcceptedObject> {
    const { definitions, files, objects, parse, maxBytes } = this.#parts;
    const kind = kindOfResource(resource);
    if (kind === undefined) throw new ApiFailure('MethodNotAllowed', `${resource} cannot be written`);
    const { namespace, name } = nameOf(wanted);
    const key = objectKey(kind, namespace, name);
    const file = definitions.foreignFile(key);
    if (file !== undefined) throw definedBy(resource, name, file);
    const before = definitions.documentOf(key);
    if (this.#isEnding(namespace) && objects.get(resource, namespace, name) === undefined)
      throw forbidden(
        resource,
        name,
        `unable to create new content in namespace ${namespace} because it is being terminated`,
      );
    if (kind === 'Pod' && before === undefined) this.#checkPlace(wanted);
    const text = desiredText(desiredOf(kind, wanted, before));
    if (Buffer.byteLength(text) > maxBytes)
      throw new ApiFailure('RequestEntityTooLarge', `Request entity too large: limit is ${maxBytes}`);
    const read = await parse({ file: files.pathOf(key), text });
    return { key, text, parsed: theObjectOf(read, { kind, name }) };
  }

  /** Whether a namespace was deleted, and waits for what is in it. */
  #isEnding(namespace: string): boolean {
    const shown = this.#parts.objects.get('namespaces', '', namespace) ?? {};
    return objectAt(shown, 'metadata').deletionTimestamp !== undefined;
  }

  /** What a scheduler would do (kubernetes: the node's unschedulable filter, and a pod for a node that is not there). */
  #checkPlace(pod: JsonObject): void {
    const { nodeName, isUnschedulable } = this.#parts;
    const { name } = nameOf(pod);
    const asked = textAt(pod.spec, 'nodeName');
    if (asked === '' && isUnschedulable())
      throw forbidden(
        'pods',
        name,
        `node "${nodeName}" is unschedulable and there is no other: kubectl uncordon ${nodeName}`,
      );
    if (asked !== '' && asked !== nodeName)
      throw forbidden('pods', name, `there is no node "${asked}" here, only "${nodeName}"`);
  }
}

/** Of a RuntimeClass or a Namespace the namespace is empty. */
export function nameOf(object: JsonObject): { readonly namespace: string; readonly name: string } {
  const metadata = objectAt(object, 'metadata');
  return { namespace: textAt(metadata, 'namespace'), name: textAt(metadata, 'name') };
}

function theObjectOf(
  file: ManifestFile,
  { kind, name }: { readonly kind: ManifestKind; readonly name: string },
): ParsedObject {
  if (file.state === 'refused') throw invalidObject(kind, name, file.errors);
  const [object] = file.objects;
  if (object === undefined) throw invalidObject(kind, name, []);
  // Under the name of another kind nobody would find it again.
  if (object.kind !== kind)
    throw new ApiFailure('BadRequest', `${object.kind} cannot be handled as a ${kind}`);
  return object;
}
