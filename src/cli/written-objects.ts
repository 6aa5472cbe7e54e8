import { type JsonObject, objectAt, TinyletError, textAt } from '../base/index.ts';
import { formatMessage, writtenObject } from '../manifest/index.ts';
import type { ApiKind, ApiKinds } from './api-kinds.ts';
import type { ObjectRef } from './await-object.ts';
import type { CommandCall } from './command.ts';
import { escapeControl } from './escape-control.ts';
import * as shared from './flags.ts';

/** An object that stands in a file, and where the API is to have it. */
export interface WrittenObject {
  readonly ref: ObjectRef;
  readonly object: JsonObject;
  /** `web.yaml:3`, for messages. */
  readonly place: string;
}

export interface WrittenObjects {
  readonly objects: readonly WrittenObject[];
  /** What is wrong with files, a line each. A file is taken whole or not at all. */
  readonly errors: readonly string[];
}

/** What stands in the files of `-f`, in their order. */
export async function readWrittenObjects(
  { flags, program }: Pick<CommandCall, 'flags' | 'program'>,
  kinds: ApiKinds,
): Promise<WrittenObjects> {
  const names = flags.readAll(shared.fileFlag) ?? [];
  const files = await program.readManifests(names);
  const errors: string[] = files.length === 0 ? [`no manifest files in ${names.join(', ')}`] : [];
  const objects: WrittenObject[] = [];
  for (const file of files) {
    if (file.state === 'refused') errors.push(...file.errors.map(formatMessage));
    else
      for (const found of file.objects) {
        const object = writtenObject(found);
        const place = `${file.file}:${found.line}`;
        objects.push({ object, place, ref: refOf(object, kinds.ofObject(object), flags) });
      }
  }
  return { objects, errors: errors.map(escapeControl) };
}

/** Throws USAGE where the object is not of the namespace that the command line names, as kubectl does. */
function refOf(object: JsonObject, kind: ApiKind, flags: CommandCall['flags']): ObjectRef {
  const metadata = objectAt(object, 'metadata');
  const [namespace, name] = [textAt(metadata, 'namespace'), textAt(metadata, 'name')];
  const asked = shared.readNamespace(flags);
  const isElsewhere = kind.namespaced && namespace !== '' && namespace !== asked;
  if (isElsewhere && flags.onCommandLine(shared.namespaceFlag))
    throw new TinyletError(
      'USAGE',
      `the namespace from the provided object "${namespace}" does not match the namespace "${asked}": give --namespace=${namespace}, or none`,
    );
  return { kind, namespace: namespace === '' ? asked : namespace, name };
}
